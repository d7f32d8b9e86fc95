"""The pages: every number opens its cases, others see their own, sheets are judged, rules are drafted."""

import io
from datetime import timedelta
from html import unescape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.exchange import write_xlsx
from linli.base.policies.models import PolicyVersion
from linli.base.scope import enter
from linli.insight.scores import commands
from linli.insight.scores.models import Appeal, ScoreRun
from tests.cast import STREET, Cast
from tests.insight.scores.stories import AFTER, RULE, month, scored, unit

HEAD = ["单位", "组别", "承办件数", "按时办结数", "回访数", "满意数", "表扬件数", "退回重办件数"]
GOOD = ["城市管理科", "一组", 300, 280, 70, 66, 8, 4]


def text(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


def sheet(*rows: list[object], name: str = "table.xlsx") -> SimpleUploadedFile:
    content = io.BytesIO()
    write_xlsx(content, HEAD, rows)
    return SimpleUploadedFile(name, content.getvalue())


def test_from_the_list_to_the_case(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    client = cast.client("leader")
    assert f"/scores/{run.pk}/" in text(client.get("/scores/"))
    page = text(client.get(f"/scores/{run.pk}/"))
    assert "82.50" in page
    assert "第 2 名" in page
    enter(system("test"))
    here = unit(run)
    page = text(client.get(f"/scores/units/{here.pk}/"))
    assert "3 ÷ 4 = 75%" in page
    assert f"/scores/units/{here.pk}/cases/?input=resolved" in page
    page = text(client.get(f"/scores/units/{here.pk}/cases/?input=resolved"))
    assert [row.number in page for row in made[:4]] == [True, True, True, False]
    page = text(client.get(f"/scores/units/{here.pk}/cases/?input=dissatisfied"))
    assert made[3].number in page
    assert text(client.get(f"/scores/units/{here.pk}/cases/?input=nothing", follow=True)) != ""
    assert client.get(f"/scores/units/{here.pk}/cases/?input=nothing").status_code == 404


def test_an_auditor_sees_numbers_but_no_words(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    enter(system("test"))
    page = text(cast.client("auditor").get(f"/scores/units/{unit(run).pk}/cases/"))
    assert made[0].number in page
    assert "楼道里的灯" not in page
    assert f"/cases/{made[0].number}/" not in page


def test_the_neighbour_sees_only_its_own(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    enter(system("test"))
    here = unit(run)
    client = cast.client("neighbour")
    assert client.get(f"/scores/units/{here.pk}/").status_code == 404
    assert client.get(f"/scores/units/{here.pk}/cases/").status_code == 404
    for path in (f"/scores/{run.pk}/what-if/", f"/scores/{run.pk}/replay/", f"/scores/{run.pk}/export.csv"):
        assert client.get(path).status_code == 404
    page = text(client.get(f"/scores/{run.pk}/"))
    assert "北大街北里" not in page.replace("北大街北里社区居委会", "")
    assert made[0].number not in page


def test_scoring_by_the_form(cast: Cast) -> None:
    month(cast)
    client = cast.client("leader")
    with frozen(AFTER):
        sent = {"rule": RULE, "label": "2026-03", "region": STREET}
        answer = client.post("/scores/new/", sent)
        assert answer.status_code == 302
        again = client.post("/scores/new/", sent)
        assert again.status_code == 422
        assert "已经评过分" in text(again)
    enter(system("test"))
    assert ScoreRun.objects.count() == 1


def test_what_if_beside_the_official_run(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    client = cast.client("leader")
    page = text(client.get(f"/scores/{run.pk}/what-if/", {"without": f"{made[3].number} X-1"}))
    assert "+17.5" in page
    assert "没有找到：X-1" in page
    enter(system("test"))
    other = PolicyVersion.objects.get(code="score.three_rates")
    page = text(client.get(f"/scores/{run.pk}/what-if/", {"rule": other.pk}))
    assert "77.5" in page
    table = PolicyVersion.objects.get(code="score.jinhua")
    assert "算不出来" in text(client.get(f"/scores/{run.pk}/what-if/", {"rule": table.pk}))


def test_replay_and_sheets(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    client = cast.client("leader")
    assert "都与冻结时一致" in text(client.get(f"/scores/{run.pk}/replay/"))
    lines = client.get(f"/scores/{run.pk}/export.csv").content.decode("utf-8-sig").splitlines()
    assert "响应率·分子" in lines[0]
    assert any("82.50" in line for line in lines[1:])
    assert client.get(f"/scores/{run.pk}/export.xlsx").getvalue()[:2] == b"PK"


def test_appeal_and_decision_by_the_pages(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    enter(system("test"))
    here = unit(run)
    with frozen(AFTER + timedelta(days=1)):
        client = cast.client("secretary")
        answer = client.post(f"/scores/units/{here.pk}/appeal/", {"kind": "case", "number": "", "reason": "没有写编号"})
        assert answer.status_code == 422
        answer = client.post(
            f"/scores/units/{here.pk}/appeal/", {"kind": "case", "number": made[3].number, "reason": "已与诉求人核实。"}
        )
        assert answer.status_code == 302
        assert client.post(answer["Location"], {"grant": "yes", "note": "自己批"}).status_code == 404
        leader = cast.client("leader")
        assert "待裁定" in text(leader.get("/scores/appeals/"))
        assert leader.post(answer["Location"], {"grant": "yes", "note": "属实"}).status_code == 302
        page = text(leader.get(f"/scores/units/{here.pk}/"))
    assert "冲正后" in page
    assert made[3].number in page
    enter(system("test"))
    assert Appeal.objects.get().status == "granted"


def test_publishing_by_the_page(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    client = cast.client("leader")
    refused = client.post(f"/scores/{run.pk}/publish/", {"form": "ranks"})
    assert refused.status_code == 422
    assert "要登记依据的文件" in text(refused)
    assert client.post(f"/scores/{run.pk}/publish/", {"form": "tiers"}).status_code == 302
    assert "撤下" in text(client.get(f"/scores/{run.pk}/publish/"))
    assert client.post(f"/scores/{run.pk}/withdraw/", {"reason": "再看看"}).status_code == 302


def test_a_sheet_is_computed_line_by_line(cast: Cast) -> None:
    client = cast.client("policy_editor")
    answer = client.post("/scores/try/", {"file": sheet(GOOD), "rule": "score.two_groups@1"})
    page = text(answer)
    assert answer.status_code == 200
    assert "147.36" in page
    assert "280 ÷ 300 = 93.333333…%" in page
    assert "98.242 × 150 ÷ 100 = 147.363" in page
    wrong = client.post("/scores/try/", {"file": sheet([*GOOD[:2], "许多", *GOOD[3:]]), "rule": "score.two_groups@1"})
    assert wrong.status_code == 422
    assert "第 2 行“承办件数”：“许多”不是数字" in text(wrong)


def test_a_sheet_under_a_rule_written_on_the_spot(cast: Cast) -> None:
    client = cast.client("policy_editor")
    source = 'name = "现写"\nbasis = ""\n[[measures]]\ncode = "rate"\nname = "按时率"\nnumerator = "按时办结数"\ndenominator = "承办件数"\nweight = 50\n'
    page = text(client.post("/scores/try/", {"file": sheet(GOOD), "source": source}))
    assert "46.666666…" in page
    wrong = client.post("/scores/try/", {"file": sheet(GOOD), "source": source.replace("weight", "wieght")})
    assert wrong.status_code in (200, 422)
    assert "没有“wieght”" in text(wrong)
    assert "请选一个规则" in text(client.post("/scores/try/", {"file": sheet(GOOD)}))
    bad = SimpleUploadedFile("table.pdf", b"%PDF")
    assert "请上传 CSV 或 XLSX" in text(client.post("/scores/try/", {"file": bad, "source": source}))


def test_a_tried_table_is_kept_as_an_official_run(cast: Cast) -> None:
    client = cast.client("leader")
    page = client.post("/scores/try/", {"file": sheet(GOOD), "rule": "score.two_groups@1"}).content.decode()
    packed = page.split('name="table" id="id_table" value="')[1].split('"')[0]
    sent = {"table": unescape(packed), "label": "2026-03", "region": STREET, "note": "三月通报，办公室核对"}
    assert client.post("/scores/try/", {**sent, "table": "x"}).status_code == 422
    answer = client.post("/scores/try/", sent)
    assert answer.status_code == 302
    assert "147.36" in text(client.get(answer["Location"]))
    enter(system("test"))
    assert ScoreRun.objects.get().source == "table"


def test_a_rule_is_drafted_and_published_on_the_pages(cast: Cast) -> None:
    client = cast.client("policy_editor")
    page = client.get("/scores/rules/new/?from=score.month_30_35_35").content.decode()
    assert "响应解决满意" in page
    enter(system("test"))
    source = PolicyVersion.objects.get(code="score.month_30_35_35").source.replace("weight = 30", "wieght = 30")
    wrong = client.post("/scores/rules/new/", {"code": "ours", "source": source})
    assert wrong.status_code == 422
    assert "没有“wieght”" in text(wrong)
    answer = client.post("/scores/rules/new/", {"code": "ours", "source": source.replace("wieght", "weight")})
    assert answer["Location"] == "/policies/score.ours/1/"
    assert "score.ours" in text(client.get("/scores/rules/"))
    assert client.post("/policies/score.ours/1/publish/", {"basis": "街道办公会"}).status_code == 302
    enter(system("test"))
    assert PolicyVersion.objects.get(code="score.ours").status == "published"


def test_the_year(cast: Cast) -> None:
    month(cast)
    scored(cast)
    page = text(cast.client("leader").get("/scores/year/", {"rule": RULE, "year": "2026", "region": STREET}))
    assert "东大街西里" in page
    assert "共 1 期有正式评分" in page


def queries_of(client: Client, path: str) -> int:
    """The least of three: now and then a request also notes that the session lives, or reads a policy anew."""
    counted = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counted.append(len(queries))
    return min(counted)


def test_more_rows_cost_no_more_queries(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    enter(system("test"))
    here = unit(run)
    client = cast.client("leader")
    paths = ("/scores/", "/scores/appeals/", f"/scores/{run.pk}/", f"/scores/units/{here.pk}/cases/", "/scores/rules/")
    before = {path: queries_of(client, path) for path in paths}
    for number in range(3):
        scored(cast, "three_rates", "2026-03", **({"reason": f"再评{number}"} if number else {}))
    enter(cast.secretary)
    with frozen(AFTER):
        for code in ("resolved", "satisfied", "contacted"):
            commands.appeal(
                cast.secretary, here.pk, kind="number", input=code, claimed="4", reason="漏计了一件，附记录。"
            )
    client = cast.client("leader")
    after = {path: queries_of(client, path) for path in paths}
    assert {path: (before[path], after[path]) for path in paths if after[path] > before[path]} == {}
