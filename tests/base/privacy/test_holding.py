"""What must be kept by law is kept, also when it was put on hold after the list was agreed to; and who was merged goes with the other."""

from datetime import date, timedelta

import pytest

from linli.base import clockwork
from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.crypto import keyring, known
from linli.base.privacy import commands
from linli.base.privacy.commands import retention
from linli.base.privacy.models import LegalHold, RetentionItem, RetentionRun
from linli.base.scope import enter
from linli.doors.portal.one_time import held_under
from linli.matters.cases.models import Case
from linli.people.answering import commands as answering
from linli.people.answering.models import Charge
from linli.people.organisations import commands as organisations
from linli.people.party import commands as party
from linli.people.party.models import MemberCard
from linli.people.residents import commands as residents
from linli.people.residents import queries
from linli.people.residents.keeping import _by_phone
from linli.people.residents.models import CareNeed, Contact, Person, Residence
from tests.base.privacy.test_retention import LATER, filed
from tests.cast import GRID, MONDAY, Cast
from tests.people.party.stories import made
from tests.people.residents.stories import BY_VISIT, cared, someone

LONG_AGO = date(2020, 1, 1)
SOON = (LATER + timedelta(days=90)).date()


@pytest.fixture(autouse=True)
def ring(tmp_path, monkeypatch):
    path = tmp_path / "keys.json"
    keyring.create(path)
    monkeypatch.setenv("LINLI_KEYS", str(path))
    keyring.ring.cache_clear()
    yield path
    keyring.ring.cache_clear()


@pytest.fixture
def two(cast: Cast) -> tuple[Cast, int, int]:
    with clockwork.frozen(MONDAY):
        return cast, filed(cast.secretary), filed(cast.secretary)


def test_what_is_held_is_on_no_list_and_in_no_deletion(two) -> None:
    cast, first, second = two
    with clockwork.frozen(LATER):
        placed = commands.hold(
            cast.auditor, subject_kind="cases.case", subject_id=first, basis="（2029）民初1号", review_on=SOON
        )
        run = commands.draft(cast.auditor)
        assert list(RetentionItem.objects.filter(run=run).values_list("subject_id", flat=True)) == [second]
        commands.approve(cast.leader, run)
        # After the list was agreed to, the second one is needed too.
        commands.hold(cast.auditor, subject_kind="cases.case", subject_id=second, basis="来函", review_on=SOON)
        retention.delete(run)
        row = RetentionRun.objects.get(pk=run)
        assert (row.state, row.deleted, row.kept) == ("done", 0, 1)
        assert row.items.get().result == RetentionItem.Result.HELD
        assert Case.objects.get(pk=second).reporter_phone is not None
        assert known("cases.case", first)
        commands.lift_hold(cast.auditor, placed)
        assert RetentionRun.objects.get(pk=commands.draft(cast.auditor)).total == 1


def test_a_hold_comes_before_the_wish_to_be_forgotten(two) -> None:
    cast, first, _second = two
    with clockwork.frozen(MONDAY):
        commands.hold(
            cast.auditor, subject_kind="cases.case", subject_id=first, basis="来函", review_on=date(2026, 6, 1)
        )
        asked = commands.ask(
            system("test"), kind="forget", subject_kind="cases.case", subject_id=first, words="请删掉我的电话"
        )
        commands.answer(cast.secretary, asked, outcome="done", answer="好的。")
        assert RetentionRun.objects.get(pk=commands.draft(cast.auditor)).total == 0


def test_a_hold_needs_a_basis_a_day_and_a_record_of_ones_own_places(two) -> None:
    cast, first, _second = two
    given = {"subject_kind": "cases.case", "subject_id": first, "basis": "来函", "review_on": SOON}
    with clockwork.frozen(LATER):
        wrong = (("basis", " "), ("review_on", LATER.date()), ("subject_id", 987654), ("subject_kind", "no.kind"))
        for field, value in wrong:
            with pytest.raises(Refused):
                commands.hold(cast.auditor, **given | {field: value})
        with pytest.raises(Refused, match="权限"):
            commands.hold(cast.secretary, **given)
        placed = commands.hold(cast.auditor, **given)
        with pytest.raises(Refused, match="已经暂缓"):
            commands.hold(cast.auditor, **given)
        commands.lift_hold(cast.auditor, placed)
        with pytest.raises(Refused, match="已经解除"):
            commands.lift_hold(cast.auditor, placed)


def test_the_page_of_holds_places_one_and_lifts_it(two) -> None:
    cast, first, _second = two
    with clockwork.frozen(LATER):
        auditor = cast.client("auditor")
        page = "/privacy-office/holds/"
        assert "没有暂缓的" in auditor.get(page).content.decode()
        sent = {"subject_kind": "cases.case", "subject_id": first, "basis": "来函", "review_on": SOON.isoformat()}
        assert auditor.post(page, sent | {"basis": ""}).status_code == 422
        assert auditor.post(page, sent).status_code == 302
        assert "暂缓中" in auditor.get(page).content.decode()
        assert cast.client("secretary").get(page).status_code == 404
        enter(system("test"))
        auditor.post(f"{page}{LegalHold.objects.get().pk}/lift/")
        assert "已解除" in auditor.get(page).content.decode()


def test_the_dry_run_opens_to_its_records(two) -> None:
    cast, first, second = two
    with clockwork.frozen(LATER):
        run = commands.draft(cast.auditor)
        page = f"/privacy-office/retention/{run}/"
        leader = cast.client("leader").get(page).content.decode()
        enter(system("test"))
        numbers = dict(Case.objects.values_list("pk", "proceeding__number"))
        assert all(f"/cases/{numbers[key]}/" in leader for key in (first, second))
        assert "?kind=cases.case&amp;rule=case" in leader
        # The auditor may open no case: the list names them without an address.
        auditor = cast.client("auditor").get(page).content.decode()
        assert f"#{first}" in auditor
        assert f"/cases/{numbers[first]}/" not in auditor
        only = cast.client("leader").get(page, {"result": "deleted"}).content.decode()
        assert "没有符合条件的" in only


def test_a_merged_record_is_told_and_goes_with_the_one_it_was_merged_into(cast: Cast) -> None:
    with clockwork.frozen(MONDAY):
        stays = someone(cast, phone="13900139011")
        twin = someone(cast, phone="13900139012", anyway=True)
        residents.merge(cast.secretary, stays, other=twin.pk, given=BY_VISIT)
        enter(system("test"))
        assert set(_by_phone("13900139011")) == {stays.pk, twin.pk}
        assert set(_by_phone("13900139012")) == {twin.pk}, "a record behind another never opens that one"
        residents.move_out(cast.secretary, stays, given=BY_VISIT)
    enter(system("test"))
    with clockwork.frozen(MONDAY + timedelta(days=740)):
        run = commands.draft(cast.auditor)
        commands.approve(cast.leader, run)
        retention.delete(run)
    enter(system("test"))
    assert not known("residents.person", stays.pk)
    assert not known("residents.person", twin.pk)
    row = Person.objects.get(pk=twin.pk)
    assert (row.phone, row.name_index, row.phone_index) == (None, None, None)


def test_cards_charges_and_spokesmen_go_in_time_and_nobody_can_be_read(cast: Cast) -> None:
    """What is left is that there was one: numbers of members and who answered by which role stay right."""
    name, phone = "诸葛流年", "13800138007"
    assert cast.building is not None
    with clockwork.frozen(MONDAY):
        day = queries.today()
        (card,) = party.enter_cards(
            cast.party_clerk, made(cast).first, rows=[{"name": name, "phone": phone, "joined_on": LONG_AGO, "starts": LONG_AGO}]
        )  # fmt: skip
        party.end_card(cast.party_clerk, MemberCard.objects.get(pk=card), reason="transferred", on=day)
        charge = answering.charge(
            cast.secretary,
            role="building_head",
            building=cast.building,
            name=name,
            phone=phone,
            starts=LONG_AGO,
            ends=day,
        )
        shop = organisations.enter(cast.secretary, name="流年便利店", kind="shop", region_code=GRID)
        spoke = organisations.add_contact(cast.secretary, shop, name=name, phone=phone, title="店主")
        organisations.end_contact(cast.secretary, spoke)
        enter(system("test"))
        assert {kind for kind, _key in ((one.kind, one.id) for one in held_under(phone))} == {
            "party.membercard", "answering.charge", "organisations.contact",
        }  # fmt: skip
    kinds = {"party.membercard": card, "answering.charge": charge.pk, "organisations.contact": spoke.pk}
    with clockwork.frozen(MONDAY + timedelta(days=740)):
        run = commands.draft(cast.auditor)
        assert dict(RetentionItem.objects.filter(run=run).values_list("kind", "subject_id")) == kinds
        commands.approve(cast.leader, run)
        retention.delete(run)
        enter(system("test"))
        assert held_under(phone) == []
        assert RetentionRun.objects.get(pk=commands.draft(cast.auditor)).total == 0, "once is enough"
    enter(system("test"))
    assert not any(known(kind, key) for kind, key in kinds.items())
    for row in (
        MemberCard.objects.get(pk=card),
        Charge.objects.get(pk=charge.pk),
        type(spoke).objects.get(pk=spoke.pk),
    ):
        assert (str(row.name), row.phone) == ("****", None)
    shown = cast.client("party_clerk").get(f"/party/cards/{card}/")
    assert (shown.status_code, name in shown.content.decode()) == (200, False), "its page still opens"


def test_who_lived_here_and_was_forgotten_stands_on_no_list(cast: Cast) -> None:
    with clockwork.frozen(MONDAY):
        person = someone(cast)
        cared(cast, person)
        residents.add_contact(
            cast.grid_worker, person, kind="relative", name="司徒无名", phone="13911112222", given=BY_VISIT
        )
        enter(system("test"))
        asked = commands.ask(
            system("test"), kind="forget", subject_kind="residents.person", subject_id=person.pk, words="请删掉"
        )
        commands.answer(cast.secretary, asked, outcome="done", answer="好的。")
        run = commands.draft(cast.auditor)
        commands.approve(cast.leader, run)
        retention.delete(run)
    enter(system("test"))
    row = Person.objects.get(pk=person.pk)
    assert (row.state, row.household_id, row.died_on, row.birth_year) == ("gone", None, None, 0)
    for model in (Residence, CareNeed, Contact):
        assert not model.objects.filter(person=person.pk, ends=None).exists()
    assert not queries.by_name(cast.secretary, "诸葛流年").filter(pk=person.pk).exists()


def test_a_complaint_is_not_answered_by_a_unit_that_looked(two) -> None:
    from linli.matters.cases import commands as cases

    cast, _first, _second = two
    first = filed(cast.secretary, closed=False)
    cases.accept(cast.secretary, first)
    cases.reveal(cast.secretary, first, purpose="contact")
    enter(system("test"))
    asked = commands.ask(
        system("test"), kind="complain", subject_kind="cases.case", subject_id=first, words="谁看了我的电话？"
    )
    with pytest.raises(Refused, match="别的单位"):
        commands.answer(cast.secretary, asked, outcome="done", answer="是为了办理。")
    assert commands.answer(cast.leader, asked, outcome="done", answer="查过，是为了办理。") == asked
