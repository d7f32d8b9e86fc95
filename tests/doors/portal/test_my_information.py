"""我的信息: nobody learns anything by asking, the right code opens, looks and requests are shown, a file is logged first."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from linli.base import clockwork
from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import ReadRow
from linli.base.privacy import commands
from linli.base.privacy.commands import retention
from linli.base.privacy.models import RightsRequest
from linli.base.scope import enter
from linli.doors.portal import one_time, own
from linli.matters.cases import commands as cases
from linli.people.answering import commands as answering
from linli.people.organisations import commands as organisations
from linli.people.party import commands as party
from linli.people.residents import commands as residents
from linli.people.residents import queries
from linli.people.residents.models import Person
from tests.base.privacy.test_registry import DATA
from tests.cast import GRID, MONDAY, POINT_HERE, Cast
from tests.people.party.stories import made
from tests.people.residents.stories import BY_VISIT, SAID, cared, someone

NAME, PHONE, NOBODYS = "诸葛流年", "13800138007", "13900139000"


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    settings.DEMO = True
    cache.clear()


@pytest.fixture
def case(cast: Cast) -> int:
    found = cases.file(
        cast.secretary,
        text="楼道灯不亮",
        channel="counter",
        name=NAME,
        phone=PHONE,
        longitude=POINT_HERE[0],
        latitude=POINT_HERE[1],
    )
    enter(system("test"))
    return int(found["id"])


def code_of(page: str) -> str:
    found = re.search(r"验证码是 (\d{6})", page)
    assert found
    return found[1]


def enter_with(client: Client, phone: str = PHONE) -> str:
    """Ask for a code, type it, and give the page that follows."""
    asked = client.post("/my-information/", {"phone": phone}, follow=True)
    answer = client.post("/my-information/code/", {"code": code_of(asked.content.decode())}, follow=True)
    return str(answer.content.decode())


def test_the_answer_is_the_same_whether_a_number_is_held_or_not(case: int) -> None:
    answers = []
    for phone in (PHONE, NOBODYS):
        page = Client().post("/my-information/", {"phone": phone}, follow=True)
        text = re.sub(r"\d{6}|[A-Za-z0-9_-]{30,}", "", page.content.decode())
        answers.append((page.status_code, page.redirect_chain, text))
    assert answers[0] == answers[1]


def test_the_right_code_opens_what_is_held_masked(case: int) -> None:
    client = Client()
    page = enter_with(client)
    assert "138****8007" in page
    assert "诸葛**" in page
    assert PHONE not in page
    assert NAME not in page
    assert "结案后三年" in page
    assert "还没有人打开看过" in page
    assert client.get("/my-information/").headers["Cache-Control"] == "no-store, private"


def test_a_number_that_is_not_held_is_told_so_only_to_its_owner(case: int) -> None:
    assert "没有存这个号码的信息" in enter_with(Client(), NOBODYS)


def test_a_wrong_code_opens_nothing_and_five_close_it(case: int) -> None:
    client = Client()
    right = code_of(client.post("/my-information/", {"phone": PHONE}, follow=True).content.decode())
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _again in range(5):
        answer = client.post("/my-information/code/", {"code": wrong})
        assert answer.status_code == 422
        assert "验证码不对，或者已经过期" in answer.content.decode()
    assert client.post("/my-information/code/", {"code": right}).status_code == 422
    assert "138****8007" not in client.get("/my-information/").content.decode()


def test_a_code_of_another_session_opens_nothing(case: int) -> None:
    right = code_of(Client().post("/my-information/", {"phone": PHONE}, follow=True).content.decode())
    other = Client()
    other.post("/my-information/", {"phone": NOBODYS})
    assert other.post("/my-information/code/", {"code": right}).status_code == 422


def test_asking_is_limited_alike_for_every_number(case: int) -> None:
    for phone in (PHONE, NOBODYS):
        client = Client(REMOTE_ADDR="203.0.113.9" if phone == PHONE else "203.0.113.10")
        answers = [client.post("/my-information/", {"phone": phone}).status_code for _again in range(6)]
        assert answers == [302] * 5 + [429]


def test_the_page_closes_by_itself_and_by_a_button(case: int, monkeypatch) -> None:
    import time as real

    client = Client()
    enter_with(client)
    client.post("/my-information/leave/")
    assert "138****8007" not in client.get("/my-information/").content.decode()
    enter_with(client)
    later = real.time() + 16 * 60
    monkeypatch.setattr(one_time.time, "time", lambda: later)
    assert "138****8007" not in client.get("/my-information/").content.decode()


def test_who_looked_is_shown_without_the_name_of_who_looked(cast: Cast, case: int) -> None:
    cases.accept(cast.secretary, case)
    cases.reveal(cast.secretary, case, purpose="contact")
    page = enter_with(Client())
    assert "社区书记" in page
    assert "北大街北里社区居委会" in page
    assert "联系诉求人了解情况" in page
    assert "诉求人电话" in page
    assert cast.secretary.name not in page


def test_the_file_is_whole_and_leaves_its_row_first(case: int) -> None:
    client = Client()
    enter_with(client)
    answer = client.get("/my-information/file/")
    text = answer.content.decode("utf-8-sig")
    assert PHONE in text
    assert NAME in text
    enter(system("test"))
    row = ReadRow.objects.get(purpose="own")
    assert (row.subject_kind, row.subject_id) == ("cases.case", str(case))
    assert row.fields == ["cases.case.reporter_name", "cases.case.reporter_phone"]
    assert "本人" in client.get("/my-information/").content.decode()


def test_without_the_log_there_is_no_file(case: int, monkeypatch) -> None:
    client = Client(raise_request_exception=False)
    enter_with(client)

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr(ReadRow.objects, "create", broken)
    answer = client.get("/my-information/file/")
    assert answer.status_code == 500
    assert PHONE not in answer.content.decode()


def test_a_request_reaches_the_office_and_its_answer_comes_back(cast: Cast, case: int) -> None:
    client = Client()
    with clockwork.frozen(MONDAY):
        enter_with(client)
        sent = {"kind": "correct", "record": f"cases.case:{case}", "words": "电话换了"}
        assert client.post("/my-information/ask/", sent).status_code == 302
    enter(system("test"))
    row = RightsRequest.objects.get()
    assert (row.kind, row.due_on, row.subject_id) == ("correct", date(2026, 3, 17), case)
    desk = cast.client("secretary")
    assert f"#{row.pk}" in desk.get("/privacy-office/requests/").content.decode()
    assert cast.client("neighbour").get(f"/privacy-office/requests/{row.pk}/").status_code == 404
    good = {"outcome": "done", "answer": "已经改好，请核对。"}
    assert desk.post(f"/privacy-office/requests/{row.pk}/", good).status_code == 302
    assert "已经改好，请核对。" in enter_with(Client())
    enter(system("test"))
    with pytest.raises(Refused, match="已经答复过"):
        commands.answer(cast.secretary, row.pk, **good)


def test_a_request_about_somebody_elses_record_is_no_choice(cast: Cast, case: int) -> None:
    other = cases.file(
        cast.secretary,
        text="下水道堵了",
        channel="counter",
        phone="13700137000",
        longitude=POINT_HERE[0],
        latitude=POINT_HERE[1],
    )
    client = Client()
    enter_with(client)
    sent = {"kind": "forget", "record": f"cases.case:{other['id']}", "words": "删掉"}
    assert client.post("/my-information/ask/", sent).status_code == 422
    assert Client().post("/my-information/ask/", sent).status_code == 302
    enter(system("test"))
    assert not RightsRequest.objects.exists()


def test_an_office_answers_each_request_with_words(cast: Cast, case: int) -> None:
    pk = commands.ask(
        system("test"), kind="complain", subject_kind="cases.case", subject_id=case, words="谁看了我的电话？"
    )
    for given, field in (({"outcome": "x", "answer": "x"}, "outcome"), ({"outcome": "done", "answer": " "}, "answer")):
        with pytest.raises(Refused) as refused:
            commands.answer(cast.secretary, pk, **given)
        assert refused.value.field == field
    with pytest.raises(Refused):
        commands.answer(cast.neighbour, pk, outcome="done", answer="好")
    with pytest.raises(Refused, match="权限"):
        commands.answer(cast.sysadmin, pk, outcome="done", answer="好")


def test_a_relative_with_authority_sees_it_and_no_longer_when_it_ends(cast: Cast, case: int) -> None:
    child = "13600136000"
    given = {
        "subject_kind": "cases.case", "subject_id": case, "relation": "child", "name": "诸葛小妹", "phone": child,
        "basis": "委托书原件", "starts": date(2020, 1, 1), "ends": date(2029, 1, 1),
    }  # fmt: skip
    with pytest.raises(Refused):
        commands.authorise(cast.neighbour, **given)
    enter(system("test"))
    pk = commands.authorise(cast.secretary, **given)
    page = enter_with(Client(), child)
    assert "您受托代为查看" in page
    assert "138****8007" in page
    enter(system("test"))
    commands.end_authority(cast.secretary, pk)
    page = enter_with(Client(), child)
    assert "138****8007" not in page and "您受托代为查看" not in page
    assert "代办授权" in page, "what is held of the relative is told to them until it goes"


def test_an_open_page_closes_with_the_authority_and_the_log_names_the_relative(cast: Cast, case: int) -> None:
    child, client, owner = "13600136000", Client(), Client()
    pk = commands.authorise(
        cast.secretary, subject_kind="cases.case", subject_id=case, relation="child", name="诸葛小妹", phone=child,
        basis="委托书原件", starts=date(2020, 1, 1), ends=date(2029, 1, 1),
    )  # fmt: skip
    assert PHONE in (enter_with(client, child) and client.get("/my-information/file/").content.decode("utf-8-sig"))
    enter(system("test"))
    assert [row.purpose for row in ReadRow.objects.filter(subject_id=str(case))] == ["for_other"]
    page = enter_with(owner)
    assert "受托人代为查看" in page
    assert "谁可以替您办" in page
    assert "诸葛**" in page
    assert "诸葛小妹" not in page
    enter(system("test"))
    commands.end_authority(cast.secretary, pk)
    assert "138****8007" not in client.get("/my-information/").content.decode()
    assert PHONE not in client.get("/my-information/file/").content.decode()
    sent = {"kind": "forget", "record": f"cases.case:{case}", "words": "删掉"}
    assert client.post("/my-information/ask/", sent).status_code == 422
    assert "谁可以替您办" not in owner.get("/my-information/").content.decode()


@pytest.mark.parametrize(
    ("starts", "ends"), [(date(2019, 1, 1), date(2020, 1, 1)), (date(2031, 1, 1), date(2032, 1, 1))]
)
def test_an_authority_that_is_over_or_has_not_begun_opens_nothing(
    cast: Cast, case: int, starts: date, ends: date
) -> None:
    commands.authorise(
        cast.secretary, subject_kind="cases.case", subject_id=case, relation="child", name="诸葛小妹",
        phone="13600136000", basis="委托书原件", starts=starts, ends=ends,
    )  # fmt: skip
    page = enter_with(Client(), "13600136000")
    assert "138****8007" not in page and "您受托代为查看" not in page


def test_the_file_for_programs_and_the_one_for_paper_say_the_same_and_leave_their_rows(cast: Cast, case: int) -> None:
    client = Client()
    assert client.get("/my-information/file/", {"form": "json"}).status_code == 302
    enter_with(client)
    answer = client.get("/my-information/file/", {"form": "json"})
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    data = json.loads(answer.content)
    assert set(data) == {"format", "made_at", "held", "looked", "asked", "authorities"}
    held = {one["field"]: one["value"] for one in data["held"]}
    assert held["cases.case.reporter_phone"] == PHONE
    assert held["cases.case.reporter_name"] == NAME
    assert all(one["purpose"] and one["basis"] and one["kept"] for one in data["held"])
    assert data["looked"][0]["purpose"] == "" and data["looked"][0]["role"] == "本人查看"
    paper = client.get("/my-information/file/", {"form": "print"})
    text = paper.content.decode()
    assert PHONE in text
    assert "data-print" in text
    assert paper["Cache-Control"] == "no-store, private"
    enter(system("test"))
    assert ReadRow.objects.filter(purpose="own", subject_id=str(case)).count() == 2


def test_what_is_overdue_is_on_the_desk_and_told_to_who_asked(cast: Cast, case: int) -> None:
    with clockwork.frozen(MONDAY):
        commands.ask(system("test"), kind="correct", subject_kind="cases.case", subject_id=case, words="换了")
        assert "逾期未答" not in cast.client("secretary").get("/desk/").content.decode()
    late = MONDAY + timedelta(days=16)
    with clockwork.frozen(late):
        desk = cast.client("secretary").get("/desk/").content.decode()
        assert "个人信息请求：逾期未答" in desk
        assert "/privacy-office/requests/?state=over" in desk
        assert "逾期未答" not in cast.client("neighbour").get("/desk/").content.decode()
        assert "可以投诉" in enter_with(Client())


def test_without_a_way_to_send_people_are_told_where_to_go(settings, case: int) -> None:
    settings.DEMO = False
    page = Client().get("/my-information/").content.decode()
    assert "请当面办理" in page
    assert 'name="phone"' not in page


def test_the_job_sends_only_to_numbers_that_are_held(case: int, monkeypatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(one_time.texts, "send", lambda to, text: sent.append(to) or True)
    assert one_time.send(one_time._sealed(PHONE), one_time._sealed("123456"))
    assert not one_time.send(one_time._sealed(NOBODYS), one_time._sealed("123456"))
    assert sent == [PHONE]


def test_everybody_may_read_what_is_collected(db: None) -> None:
    page = Client().get("/privacy/fields/")
    assert "身份证号" in page.content.decode()
    assert Person._meta.label_lower == "residents.person"


def test_everything_that_the_registry_names_is_told(cast: Cast) -> None:
    """One number, held in every register: whatever the registry of personal fields says is told whole or masked stands in the file."""
    today = queries.today()
    row = someone(
        cast, phone=PHONE, name=NAME, birth_year=0, birth_date=date(1949, 12, 31), identity="11010519491231002X",
        statutory_basis="old_age_allowance",
    )  # fmt: skip
    cared(cast, row, "ill")
    residents.add_contact(cast.grid_worker, row, kind="relative", name="诸葛小妹", phone="13600136000", given=BY_VISIT)
    residents.correct(cast.grid_worker, row, changes={"sex": "1"}, given=SAID)
    home = made(cast).first
    party.enter_cards(cast.party_clerk, home, rows=[{"name": NAME, "phone": PHONE, "joined_on": date(2000, 1, 1), "formal_on": date(2001, 1, 1), "starts": date(2020, 1, 1)}])  # fmt: skip
    assert cast.building is not None
    answering.charge(cast.secretary, role="building_head", building=cast.building, name=NAME, phone=PHONE)
    shop = organisations.enter(cast.secretary, name="流年便利店", kind="shop", region_code=GRID)
    organisations.add_contact(cast.secretary, shop, name=NAME, phone=PHONE, title="店主")
    commands.authorise(
        cast.secretary, subject_kind="residents.person", subject_id=someone(cast, name="林老", phone="13500135000").pk,
        relation="child", name=NAME, phone=PHONE, basis="户口簿", starts=today, ends=today + timedelta(days=9),
    )  # fmt: skip
    enter(system("test"))
    held = one_time.held_under(PHONE)
    told = {one.field for one in own.told([one for one in held if not one.authority])}
    tables = ("residents.person", "residents.careneed", "residents.contact", "residents.residence", "residents.household", "party.", "answering.", "organisations.contact", "privacy.authority")  # fmt: skip
    wanted = {
        one["field"] for one in DATA["fields"] if one["field"].startswith(tables) and one.get("to_self") != "said"
    }
    # Nobody reads of their own death; and a stretch of residence is told with its dwelling.
    assert wanted - told == {"residents.person.died_on", "residents.residence.person"}
    values = {one.value for one in own.told([one for one in held if not one.authority])}
    assert {"身体不便", "上门探望", "本人单独同意", "业主", "男"} <= values, "in words, not in codes"
    page = enter_with(Client())
    for word in ("党员卡", "包联指派", "单位联系人", "代办授权", "居民档案"):
        assert word in page
    assert NAME not in page and PHONE not in page


def test_what_it_was_for_is_said_in_the_words_of_whoever_looked(cast: Cast) -> None:
    """Two rooms may use one code for a purpose: a resident must not read of a visit to fix a time when somebody came to look after them."""
    row = someone(cast, phone=PHONE)
    cared(cast, row, on=date(2025, 1, 1))
    residents.reveal(cast.grid_worker, row, fields=["phone"], purpose="visit")
    page = enter_with(Client())
    assert "上门走访" in page and "上门前约时间" not in page


def test_whoever_answers_comes_from_the_request_to_the_record(cast: Cast) -> None:
    row = someone(cast)
    pk = commands.ask(
        system("test"), kind="withdraw", subject_kind="residents.person", subject_id=row.pk, words="不要再记了"
    )
    page = f"/privacy-office/requests/{pk}/"
    assert f'href="/residents/{row.pk}/"' in cast.client("secretary").get(page).content.decode()
    assert f"/residents/{row.pk}/" not in cast.client("leader").get(page).content.decode(), (
        "who may not open it gets no link"
    )


def test_whoever_is_reached_for_somebody_sees_it_and_not_for_whom(cast: Cast) -> None:
    child = "13600136000"
    row = someone(cast, phone=PHONE, name=NAME)
    made_one = residents.add_contact(
        cast.grid_worker, row, kind="relative", name="欧阳小妹", phone=child, given=BY_VISIT
    )
    client = Client()
    page = enter_with(client, child)
    assert "联系人登记" in page and "欧阳" in page
    assert "诸葛" not in page and "138****8007" not in page
    sent = {"kind": "forget", "record": f"residents.contact:{made_one.pk}", "words": "不要再打给我"}
    assert client.post("/my-information/ask/", sent).status_code == 302
    enter(system("test"))
    commands.answer(cast.secretary, RightsRequest.objects.get().pk, outcome="done", answer="好的。")
    run = commands.draft(cast.auditor)
    commands.approve(cast.leader, run)
    retention.delete(run)
    enter(system("test"))
    gone = type(made_one).objects.get(pk=made_one.pk)
    assert (gone.phone, gone.phone_index, gone.ends) == (None, None, queries.today())
    assert "没有存这个号码的信息" in enter_with(Client(), child)
    enter(system("test"))
    assert Person.objects.get(pk=row.pk).phone is not None, "the other one stays"
