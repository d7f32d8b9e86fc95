"""Entering somebody: what is kept, what is refused, and who sees them."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, OutboxRow
from linli.base.scope import enter
from linli.people.residents import commands, queries
from linli.people.residents.models import Contact, Household, Person, PersonFact, Residence
from tests.cast import GRID, GRID_THERE, Cast
from tests.people.residents.stories import BY_VISIT, door, minor, someone

IDENTITY = "11010519491231002X"  # the example that every description of GB 11643 uses


def test_somebody_is_entered_sealed_with_a_home_and_a_fact(cast: Cast) -> None:
    row = someone(cast, name=" 林 小满 ")
    enter(system("test"))
    row = Person.objects.get(pk=row.pk)
    assert (str(row.name), str(row.phone), row.birth_year, row.region_code) == ("林**", "138****1111", 1948, GRID)
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM residents_person p WHERE id = %s", [row.pk])
        stored = cursor.fetchone()[0]
    assert "林小满" not in stored and "13800001111" not in stored
    assert "林小满".encode().hex() not in stored
    home = Residence.objects.get(person=row)
    assert (home.dwelling_id, home.kind, home.lives, home.ends) == (row.dwelling_id, "owner", True, None)
    assert Household.objects.get(pk=row.household_id).head_id == row.pk
    told = PersonFact.objects.get(person=row)
    assert (told.act, told.fields, told.source) == ("register", ["birth_year", "name", "phone", "sex"], "visit")
    assert (told.verifier, told.before) == ("戈格", None)
    audit = AuditRow.objects.get(command="residents.register")
    assert audit.target_id == str(row.pk)
    assert "林小满" not in str(audit.detail) and "13800001111" not in str(audit.detail)
    assert OutboxRow.objects.filter(event="residents.registered", payload={"person": row.pk}).exists()


@pytest.mark.parametrize(
    ("told", "field", "said"),
    [
        ({"name": ""}, "name", "请填写姓名"),
        ({"name": "林先生(住院)"}, "name", "只写汉字"),
        ({"name": "林" * 41}, "name", "不超过"),
        ({"sex": "3"}, "sex", "性别"),
        ({"birth_year": 1800}, "birth_year", "出生年份"),
        ({"birth_date": date(2099, 1, 1), "birth_year": 0}, "birth_date", "将来"),
        ({"birth_date": date(1950, 1, 1)}, "birth_date", "不一致"),
        ({"phone": "1380000"}, "phone", ""),
        ({"kind": "guest"}, "kind", "居住关系"),
        ({"identity": IDENTITY, "birth_year": 1949}, "statutory_basis", "法定依据"),
        ({"identity": IDENTITY, "statutory_basis": "habit", "birth_year": 1949}, "statutory_basis", "法定依据"),
        ({"identity": "110105194912310021", "statutory_basis": "old_age_allowance"}, "identity", "校验码"),
        ({"identity": IDENTITY, "statutory_basis": "old_age_allowance"}, "birth_date", "不一致"),
        ({"birth_year": 2015}, "phone", "监护人"),
        ({"birth_year": 2015, "phone": "", "guardian_name": "林大树"}, "guardian_phone", "一起填"),
        ({"household": 999_999}, "household", "没有这一户"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(cast: Cast, told: dict, field: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        someone(cast, **told)
    assert refused.value.field == field
    assert said in refused.value.message
    enter(system("test"))
    assert not Person.objects.exists()


def test_the_number_of_an_identity_card_is_kept_for_a_named_basis_only(cast: Cast) -> None:
    row = someone(cast, identity=IDENTITY, statutory_basis="old_age_allowance", birth_year=0, sex="0")
    enter(system("test"))
    row = Person.objects.get(pk=row.pk)
    assert (str(row.identity), row.birth_year, row.sex) == ("110***********002X", 1949, "2")
    assert str(row.birth_date) == "1949-**-**"
    with pytest.raises(Refused, match="已经登记过"):
        someone(cast, name="林小暑", phone="", identity=IDENTITY, statutory_basis="old_age_allowance", birth_year=0)


def test_of_a_minor_only_the_guardian_is_reached(cast: Cast) -> None:
    row = minor(cast)
    enter(system("test"))
    reached = Contact.objects.get(person=row)
    assert (row.phone, reached.kind, str(reached.phone)) == (None, "guardian", "139****2222")


def test_somebody_who_looks_the_same_is_pointed_out_first(cast: Cast) -> None:
    someone(cast)
    with pytest.raises(Refused, match="可能已经登记过") as refused:
        someone(cast, phone="")
    assert (refused.value.field, refused.value.status) == ("anyway", 409)
    another = someone(cast, phone="", anyway=True)
    assert another.name is not None
    assert queries.doubles(cast.secretary) == [
        (min(another.pk, another.pk - 1), another.pk, ["同住处、同名、同年出生"])
    ]


def test_nobody_is_entered_elsewhere_and_the_neighbour_sees_nobody(cast: Cast) -> None:
    row = someone(cast)
    with pytest.raises(Refused):
        someone(cast, home=door(cast, region=GRID_THERE))
    for who in (cast.neighbour, cast.neighbour_grid_worker, cast.grid_worker_2, cast.sysadmin, cast.clerk):
        assert not queries.visible_to(who).filter(pk=row.pk).exists()
        enter(who)
        assert not Person.objects.exists() and not Residence.objects.exists() and not PersonFact.objects.exists()
        enter(system("test"))
    with pytest.raises(Refused, match="没有办理这项操作的权限"):
        someone(cast, actor=cast.clerk)


def test_a_second_person_joins_the_household(cast: Cast) -> None:
    first = someone(cast)
    second = someone(cast, name="林立秋", phone="", kind="family", household=first.household_id)
    enter(system("test"))
    assert [one.person_id for one in queries.in_dwelling(cast.grid_worker, first.dwelling_id)] == [first.pk, second.pk]


def test_an_owner_who_lives_elsewhere_is_seen_where_they_own(cast: Cast) -> None:
    owner = someone(cast, home=door(cast, region=GRID_THERE), actor=cast.neighbour)
    enter(system("test"))
    Residence.objects.create(
        person=owner, dwelling=door(cast), kind="owner", lives=False, region_code=GRID, starts=date(2020, 1, 1)
    )
    assert queries.visible_to(cast.grid_worker).filter(pk=owner.pk).exists()
    enter(cast.grid_worker)
    assert Person.objects.filter(pk=owner.pk).exists()
    assert not queries.living_in(cast.grid_worker).exists()
    with pytest.raises(Refused, match="不在您的工作范围内"):
        commands.correct(cast.grid_worker, owner, changes={"sex": "1"}, given=commands.Given(reason="said"))


def test_search_is_exact_and_leaves_no_name_behind(cast: Cast) -> None:
    row, child = someone(cast), minor(cast)
    find = commands.search
    assert find(cast.grid_worker, text="林小满") == [row.pk]
    assert find(cast.grid_worker, text="138 0000-1111") == [row.pk]
    assert find(cast.grid_worker, text="13900002222") == [child.pk], "the guardian's number leads to the child"
    assert find(cast.grid_worker, text="林小") == []
    assert find(cast.neighbour, text="林小满") == []
    with pytest.raises(Refused):
        find(cast.grid_worker, text="  ")
    details = [str(one) for one in AuditRow.objects.filter(command="residents.search").values_list("detail", flat=True)]
    assert details and not any("林" in one or "138" in one for one in details)


def test_the_limit_of_searches_holds(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.base.throttle import TooMany
    from linli.people.residents.commands import reading

    policy = {**reading.register_policy(), "searches_per_hour": 2}
    monkeypatch.setattr(reading, "register_policy", lambda: policy)
    for _time in range(2):
        commands.search(cast.grid_worker, text="林小满")
    with pytest.raises(TooMany):
        commands.search(cast.grid_worker, text="林小满")


def test_whoever_guesses_at_a_number_is_stopped_sooner(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mask leaves out few digits: numbers that nobody has are no slips of the finger for ever."""
    from linli.base.throttle import TooMany
    from linli.people.residents.commands import reading

    someone(cast)
    policy = {**reading.register_policy(), "misses_per_hour": 2}
    monkeypatch.setattr(reading, "register_policy", lambda: policy)
    for number in ("13800001111", "13800001112", "13800001111", "13800001113"):
        commands.search(cast.grid_worker, text=number)
    with pytest.raises(TooMany):
        commands.search(cast.grid_worker, text="13800001114")
    assert commands.search(cast.grid_worker, text="林小满"), "names are not guessed at in this way"


@pytest.mark.parametrize(
    "wrong",
    [{"guardian_name": "林大树"}, {"guardian_name": "林1", "guardian_phone": "13900002222"}, {"household": 987654}],
)
def test_a_second_mistake_does_not_try_out_who_is_there(cast: Cast, wrong: dict[str, Any]) -> None:
    """With a mistake of another kind in it, a form for somebody who is there and one for somebody who is not are answered alike."""
    someone(cast)
    said = []
    for phone in ("13800001111", "13800001112"):
        with pytest.raises(Refused) as refused:
            someone(cast, home=door(cast, "301"), phone=phone, **wrong)
        said.append((refused.value.message, refused.value.field))
    assert said[0] == said[1]


def test_correcting_keeps_what_was_known_before_sealed(cast: Cast) -> None:
    row = someone(cast)
    given = commands.Given(source="visit", reason="said")
    commands.correct(cast.grid_worker, row, changes={"phone": "13700003333"}, given=given)
    enter(system("test"))
    row = Person.objects.get(pk=row.pk)
    assert str(row.phone) == "137****3333"
    noted = queries.history(row)[0]
    assert (noted.act, noted.fields, noted.reason) == ("correct", ["phone"], "said")
    assert queries.before_of(noted) == {"phone": "138****1111"}
    with pytest.raises(Refused, match="没有改动"):
        commands.correct(cast.grid_worker, row, changes={"phone": "13700003333"}, given=given)
    with pytest.raises(Refused, match="原因"):
        commands.correct(cast.grid_worker, row, changes={"sex": "1"}, given=BY_VISIT)
    with pytest.raises(Refused) as refused:
        commands.correct(cast.grid_worker, row, changes={"region_code": GRID_THERE}, given=given)
    assert refused.value.field == "region_code"
    with pytest.raises(Refused, match="工作范围"):
        commands.correct(cast.neighbour, row, changes={"sex": "1"}, given=given)


def test_a_corrected_year_takes_the_full_date_of_another_year_away(cast: Cast) -> None:
    row = someone(cast, birth_year=0, birth_date=date(1948, 5, 4))
    commands.correct(cast.grid_worker, row, changes={"birth_year": 1950}, given=commands.Given(reason="mistake"))
    enter(system("test"))
    row = Person.objects.get(pk=row.pk)
    assert (row.birth_year, row.birth_date) == (1950, None)
    assert queries.before_of(queries.history(row)[0]) == {"birth_date": "1948-**-**", "birth_year": "1948"}
