"""The desk's pages of what came in, and the same messages brought as a sheet."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.intake.hotline import sheets
from linli.doors.intake.hotline.models import Message
from linli.matters.cases.models import Case
from tests.cast import POINT_HERE, Cast
from tests.doors.hotlines import Hotline, hotline

HEAD = "消息编号,类型,热线工单号,序号,诉求内容,诉求类型,经度,纬度,姓名,电话,登记时间,说明,接通,已解决,满意度"
FILED = f"m1,来单,S1,1,路灯不亮三天了,求助,{POINT_HERE[0]},{POINT_HERE[1]},钱来电,13900000001,2026-03-01 09:00:00,,,,"


@pytest.fixture
def city(cast: Cast) -> Hotline:
    return hotline(cast)


def text_of(cast: Cast, path: str, who: str = "dispatcher", **query: str) -> str:
    answer = cast.client(who).get(path, query)
    enter(system("test"))
    assert answer.status_code == 200, path
    return answer.getvalue().decode() if answer.streaming else answer.content.decode()


def bring(cast: Cast, city: Hotline, *rows: str, name: str = "orders.csv", head: str = HEAD) -> Any:
    file = SimpleUploadedFile(name, "\n".join([head, *rows]).encode())
    answer = cast.client("dispatcher").post("/intake/hotline/sheet/", {"exchange": city.exchange.pk, "file": file})
    enter(system("test"))
    return answer


def test_the_list_shows_what_waits_and_what_could_not_be_done_without_its_words(cast: Cast, city: Hotline) -> None:
    city.create("A1", text="楼下孔雀叫个不停")
    city.say("order.called_back", "A1", 2, reached=True, resolved=True, satisfaction="satisfied")
    city.say("order.supplemented", "A1", 5, note="孔雀又叫了")
    page = text_of(cast, "/intake/hotline/")
    assert "等前面的消息" in page and "办不了" in page and "A1" in page and "孔雀" not in page
    assert text_of(cast, "/intake/hotline/", q="A1", state="waiting").count("tr-row") == text_of(
        cast, "/intake/hotline/", q="A1", state="waiting", type="order.supplemented"
    ).count("tr-row")
    assert "没有符合条件的来件" in text_of(cast, "/intake/hotline/", q="B")
    waiting = Message.objects.get(seq=5)
    assert "缺第 3、4 条" in text_of(cast, f"/intake/hotline/{waiting.pk}/")
    sheet = text_of(cast, "/intake/hotline/export/")
    assert sheet.count("\r\n") == 4 and "孔雀" not in sheet
    case = Case.objects.select_related("proceeding").get()
    assert case.proceeding.number in text_of(cast, f"/intake/hotline/{waiting.pk}/")


def test_acts_of_the_desk_by_its_pages(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    city.say("order.called_back", "A1", 2, reached=True, resolved=True, satisfaction="satisfied")
    city.say("order.supplemented", "A1", 5, note="又一处")
    refused, waiting = Message.objects.get(seq=2), Message.objects.get(seq=5)
    desk = cast.client("dispatcher")
    assert desk.post(f"/intake/hotline/{refused.pk}/again/").status_code == 302
    assert desk.post(f"/intake/hotline/{refused.pk}/leave/", {"note": ""}).status_code == 422
    assert desk.post(f"/intake/hotline/{refused.pk}/leave/", {"note": "误发"}).status_code == 302
    assert desk.post(f"/intake/hotline/{refused.pk}/again/").status_code == 409
    assert desk.post(f"/intake/hotline/{waiting.pk}/skip/", {"note": "要不到"}).status_code == 302
    enter(system("test"))
    assert list(Message.objects.order_by("seq").values_list("state", flat=True)) == ["done", "dropped", "done"]


def test_nobody_else_opens_them(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    key = Message.objects.get().pk
    for who in ("sysadmin", "secretary", "neighbour", "volunteer"):
        for path in (
            "/intake/hotline/",
            f"/intake/hotline/{key}/",
            "/intake/hotline/sheet/",
            "/intake/hotline/export/",
        ):
            assert cast.client(who).get(path).status_code == 404, (who, path)


def test_fifty_rows_cost_as_many_queries_as_one(cast: Cast, city: Hotline) -> None:
    client = cast.client("dispatcher")

    def asked() -> int:
        client.get("/intake/hotline/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/intake/hotline/")
        enter(system("test"))
        return len(queries)

    city.create("A0")
    before = asked()
    for number in range(1, 30):
        city.say("order.supplemented", f"A{number}", 2, note="早到")
    assert asked() == before


def test_rows_of_a_sheet_are_messages_like_any_other(cast: Cast, city: Hotline) -> None:
    answer = bring(cast, city, FILED, "m2,补充,S1,2,,,,,,,,西门也不亮,,,", "m3,补充,S1,4,,,,,,,,太早,,,")
    assert answer.status_code == 200, answer.content.decode()
    case = Case.objects.get()
    assert (case.foreign_number, case.kind, case.channel, str(case.filed_on)) == ("S1", "help", "hotline", "2026-03-01")
    assert dict(Message.objects.values_list("seq", "state")) == {1: "done", 2: "done", 4: "waiting"}
    again = bring(cast, city, FILED, "m2,补充,S1,2,,,,,,,,西门也不亮,,,", "m4,补充,S1,3,,,,,,,,第三条,,,")
    assert again.status_code == 200 and Case.objects.count() == 1
    assert dict(Message.objects.values_list("seq", "state")) == {1: "done", 2: "done", 3: "done", 4: "done"}
    # What came as a sheet is known when it comes by wire, and the other way round.
    given = {
        "text": "路灯不亮三天了", "kind": "help", "longitude": POINT_HERE[0], "latitude": POINT_HERE[1], "name": "钱来电",
        "phone": "13900000001", "at": "2026-03-01T09:00:00+08:00",
    }  # fmt: skip
    assert city.say("order.created", "S1", 1, "m1", **given).json()["repeated"] is True


def test_a_bad_row_is_told_and_the_good_ones_come_in(cast: Cast, city: Hotline) -> None:
    rows = [
        FILED,
        "m2,吃饭,S2,1,x,,,,,,,,,,",
        "m3,回访结果,S1,2,,,,,,,,,也许,,",
        "m4,来单,S3,零,x,,,,,,,,,,",
        FILED.replace("三天", "五天"),
        "m6,回访结果,S1,2,,,,,,,,,是,是,满意",
    ]
    page = bring(cast, city, *rows).content.decode()
    for words in ("吃饭", "写“是”或“否”", "seq", "内容不一样", "待"):
        assert words in page, words
    assert Case.objects.count() == 1 and Message.objects.filter(state="refused").count() == 1


@pytest.mark.parametrize(
    ("head", "name", "words"),
    [
        ("编号,内容", "orders.csv", "类型"),
        (HEAD, "orders.pdf", "CSV"),
        ("消息编号,类型,热线工单号,序号", "orders.csv", "500"),
    ],
)
def test_what_is_no_sheet_of_messages_is_refused_whole(
    cast: Cast, city: Hotline, head: str, name: str, words: str
) -> None:
    rows = [f"m{n},催办,S{n},1" for n in range(sheets.MOST_ROWS + 1)] if words == "500" else ["1,2"]
    answer = bring(cast, city, *rows, head=head, name=name)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Message.objects.exists()


def test_the_empty_sheet_has_every_column_that_is_read(cast: Cast, city: Hotline) -> None:
    head = text_of(cast, "/intake/hotline/sheet/empty.csv").lstrip("\ufeff").strip().split(",")
    assert head == list(sheets.HEADER)
    from linli.doors.intake.hotline.acts import INCOMING

    fields = {name for one in INCOMING.values() for name in one.shape.model_fields}
    assert fields == set(sheets.COLUMNS.values()), "what a message can say, a sheet can say"


def test_the_hotlines_number_stands_on_the_case_and_finds_it(cast: Cast, city: Hotline) -> None:
    city.create("HT-2026-0301-00871")
    number = Case.objects.select_related("proceeding").get().proceeding.number
    assert "市民热线 · HT-2026-0301-00871" in text_of(cast, f"/cases/{number}/")
    found = cast.client("dispatcher").get("/cases/search/", {"q": "HT-2026-0301-00871"})
    assert found.status_code == 302 and number in found["Location"]
    for path in ("/search/", "/cases/"):
        assert number in text_of(cast, path, q="HT-2026-0301-00871"), path
        assert number not in text_of(cast, path, q="HT-2026-0301-99999"), path
    assert number not in text_of(cast, "/search/", who="neighbour", q="HT-2026-0301-00871")
