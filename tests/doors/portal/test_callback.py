"""The call-back on the page and by link: resolved and satisfied apart, second rounds, tokens that tell nothing."""

import re

import pytest
from django.test import Client

from linli.base.clockwork import frozen
from linli.doors.portal import limits
from linli.matters.cases.models import Case, Settlement
from linli.procedures.models import Entry, Proceeding
from tests.cast import MONDAY, Cast
from tests.doors.portal.conftest import Resident, answer_case, link_of, look, problems

UNHAPPY = {"resolved": "no", "satisfaction": "dissatisfied", "reason": "灯又灭了"}


def seen(case: Case) -> str:
    look()
    return str(Proceeding.objects.get(pk=case.pk).entry_count)


def test_nothing_is_chosen_beforehand(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    answer_case(cast, case)
    page = resident.see(case)
    assert "灯已经换好。" in page
    for value in ("satisfied", "basic", "dissatisfied"):
        assert f'value="{value}" checked' not in page
    assert 'name="resolved" id="id_resolved-0" value="yes" checked' not in page
    assert 'value="yes" checked' in page  # only: handle it again, if unhappy


def test_a_content_answer_settles_the_case(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    answer_case(cast, case)
    answer = resident.post(case, "confirm", resolved="yes", satisfaction="satisfied", seen=seen(case))
    assert answer.status_code == 302
    assert "您的评价已经记下" in resident.see(case)
    look()
    case.refresh_from_db()
    assert (case.resolved, case.satisfaction, case.reachable) == (True, "satisfied", True)
    assert Proceeding.objects.get(pk=case.pk).result == "settled"


def test_an_unhappy_answer_opens_a_second_round_and_keeps_the_first(resident: Resident, cast: Cast) -> None:
    with frozen(MONDAY):
        case = resident.file()
        answer_case(cast, case)
        assert resident.post(case, "confirm", **UNHAPPY, again="yes", seen=seen(case)).status_code == 302
        page = resident.see(case)
    assert "第 2 轮办理" in page
    assert "第 1 轮" in page
    assert "没有解决，不满意。灯又灭了" in page
    assert "灯已经换好。" in page
    assert "重新派单" in page
    assert "最晚3月9日（周一）答复您" in page
    look()
    assert Proceeding.objects.get(pk=case.pk).round == 2


def test_unhappy_without_another_round_closes(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    answer_case(cast, case)
    resident.post(case, "confirm", **UNHAPPY, again="no", seen=seen(case))
    look()
    row = Proceeding.objects.get(pk=case.pk)
    assert (row.step, row.round) == ("closed", 1)
    assert Settlement.objects.get(case_id=case.pk).resolved is False


def test_resolved_and_satisfied_are_asked_apart(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    answer_case(cast, case)
    answer = resident.post(case, "confirm", resolved="yes", seen=seen(case))
    assert answer.status_code == 422
    assert "请回答是否满意" in problems(answer)
    answer = resident.post(case, "confirm", satisfaction="basic", seen=seen(case))
    assert "请回答问题解决了没有" in problems(answer)
    answer = resident.post(case, "confirm", resolved="no", satisfaction="satisfied", seen=seen(case))
    assert "请写一句哪里没有办好" in problems(answer)
    answer = resident.post(case, "confirm", resolved="no", satisfaction="basic", reason="太" * 501, seen=seen(case))
    assert "最多写 500 个字" in problems(answer)
    assert "太" * 501 in answer.content.decode()


def test_a_stale_answer_is_shown_again_with_everything_typed(resident: Resident, cast: Cast) -> None:
    from linli.matters.cases import commands

    case = resident.file()
    answer_case(cast, case)
    before = seen(case)
    commands.callback(cast.call_taker, case.pk, reached=False, note="没接")
    answer = resident.post(case, "confirm", **UNHAPPY, again="yes", seen=before)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "灯又灭了" in page
    assert f'name="seen" value="{seen(case)}"' in page
    assert resident.post(case, "confirm", **UNHAPPY, again="yes", seen=seen(case)).status_code == 302


def test_the_same_answer_twice_counts_once(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    answer_case(cast, case)
    count = seen(case)
    for _turn in range(2):
        answer = resident.post(case, "confirm", resolved="yes", satisfaction="basic", seen=count, _nonce="once")
        assert answer.status_code == 302
    look()
    assert Settlement.objects.filter(case_id=case.pk).count() == 1


def test_nothing_to_confirm_before_an_answer(resident: Resident) -> None:
    case = resident.file()
    assert "您说了算" not in resident.see(case)
    answer = resident.post(case, "confirm", resolved="yes", satisfaction="satisfied")
    assert answer.status_code == 409
    look()
    assert not Settlement.objects.exists()


def test_the_last_round_offers_no_further_one(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    for _round in range(2):
        answer_case(cast, case)
        resident.post(case, "confirm", **UNHAPPY, again="yes", seen=seen(case))
    answer_case(cast, case)
    page = resident.see(case)
    assert "已经办理了 3 轮" in page
    assert "要不要重新办理" not in page
    resident.post(case, "confirm", **UNHAPPY, again="yes", seen=seen(case))
    look()
    assert Proceeding.objects.get(pk=case.pk).step == "closed"


def test_the_link_opens_the_form_without_a_code_and_looking_changes_nothing(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    answer_case(cast, case)
    link = link_of(case)
    other = Client()
    answer = other.get(link)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "灯已经换好。" in page
    assert answer["Cache-Control"] == "no-store, private"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "linli" not in other.cookies  # no session came of looking
    assert other.get(f"/case/{case.proceeding.number}/").status_code == 302
    given = {"resolved": "yes", "satisfaction": "satisfied", "seen": seen(case), "_nonce": "by-link"}
    assert other.post(link, given)["Location"] == f"/case/{case.proceeding.number}/"
    assert other.get(f"/case/{case.proceeding.number}/").status_code == 200
    look()
    assert Settlement.objects.get(case_id=case.pk).channel == "link"
    assert Entry.objects.filter(proceeding_id=case.pk).order_by("-seq").first().actor_kind == "resident"


def test_a_mistake_on_the_link_page_keeps_the_words(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    answer_case(cast, case)
    answer = Client().post(link_of(case), {"reason": "写了一段话", "resolved": "no"})
    assert answer.status_code == 422
    assert "写了一段话" in answer.content.decode()


def test_the_link_can_open_the_whole_case(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    other = Client()
    answer = other.post(link_of(case), {"do": "open"})
    assert answer["Location"] == f"/case/{case.proceeding.number}/"
    assert other.get(answer["Location"]).status_code == 200


def test_wrong_tokens_get_one_answer_and_are_counted(resident: Resident, cast: Cast) -> None:
    case = resident.file()
    answer_case(cast, case)
    number, link = case.proceeding.number, link_of(case)
    resident.post(case, "confirm", **UNHAPPY, again="yes", seen=seen(case))
    with frozen(MONDAY):
        wrong = (link, f"/r/{number}/aaaa/", "/r/11010600-2026-999999/aaaa/", f"/r/{number}/％/")
        pages = [Client().get(path) for path in wrong]
        assert {answer.status_code for answer in pages} == {404}
        # The same page, but for its own address in the switches of language and print.
        plain = [answer.content.decode().replace(path, "") for answer, path in zip(pages, wrong[:3], strict=False)]
        assert (
            len({re.sub(r'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": "[^"]+"', "", page) for page in plain}) == 1
        )
        assert all("已经失效" in answer.content.decode() for answer in pages)
        for _turn in range(limits.WRONG_LINK.times):
            answer = Client().get(f"/r/{number}/aaaa/")
        assert answer.status_code == 429
        assert "请等" in answer.content.decode()
        assert answer["Retry-After"]
        assert Client(REMOTE_ADDR="203.0.113.5").get(link_of(case)).status_code == 200


@pytest.mark.parametrize("act", ["confirm"])
def test_a_lost_session_in_the_middle_of_an_answer(resident: Resident, cast: Cast, act: str) -> None:
    case = resident.file()
    answer_case(cast, case)
    lost = Resident(cast)
    reason = "写了很长的原因，" * 10
    answer = lost.post(
        case, act, resolved="no", satisfaction="dissatisfied", reason=reason, again="yes", seen=seen(case)
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert reason in page
    assert 'name="satisfaction" value="dissatisfied"' in page
