"""Duplicates: found by blind indexes, merged with both histories kept, separated again."""

from datetime import timedelta

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.privacy import commands as privacy
from linli.base.privacy.models import Authority
from linli.base.privacy.queries import held
from linli.base.scope import enter
from linli.doors.portal.one_time import held_under
from linli.people.residents import commands, queries
from linli.people.residents.models import Person
from tests.cast import Cast
from tests.people.residents.stories import BY_VISIT, cared, door, someone

SAME = commands.Given(source="visit", reason="same")
DIFFERENT = commands.Given(source="visit", reason="different")


@pytest.fixture
def pair(cast: Cast) -> tuple[Person, Person]:
    """Registered twice: once in each of two dwellings, with the same telephone number."""
    first = someone(cast)
    second = someone(cast, home=door(cast, "302"), anyway=True, birth_year=1949, sex="0")
    return first, second


def test_they_are_found_without_opening_anything(cast: Cast, pair: tuple[Person, Person]) -> None:
    first, second = pair
    assert queries.doubles(cast.secretary) == [(first.pk, second.pk, ["姓名、手机号相同"])]
    assert queries.doubles(cast.neighbour) == []
    assert queries.doubles(cast.grid_worker) == [], "who may not merge is offered nothing"


def test_merging_keeps_both_histories_and_shows_one(cast: Cast, pair: tuple[Person, Person]) -> None:
    first, second = pair
    need = cared(cast, second)
    commands.merge(cast.secretary, first, other=second.pk, take=["birth_year"], given=SAME)
    enter(system("test"))
    kept, gone = Person.objects.get(pk=first.pk), Person.objects.get(pk=second.pk)
    assert (kept.birth_year, gone.merged_into_id, gone.birth_year) == (1949, kept.pk, 1949)
    assert list(queries.living_in(cast.secretary).values_list("pk", flat=True)) == [kept.pk]
    acts = [one.act for one in queries.history(kept)]
    assert acts.count("register") == 2 and acts.count("merge") == 2 and "care" in acts
    assert queries.needs_of(cast.grid_worker, [kept.pk])[kept.pk].open == ["老人"]
    assert queries.doubles(cast.secretary) == []
    assert commands.search(cast.secretary, text="13800001111") == [kept.pk]
    with pytest.raises(Refused, match="已经并入"):
        commands.correct(cast.grid_worker, gone, changes={"sex": "1"}, given=SAME)
    assert need.pk


def test_separating_gives_back_what_was_taken_over(cast: Cast, pair: tuple[Person, Person]) -> None:
    first, second = pair
    commands.merge(cast.secretary, first, other=second.pk, take=["birth_year", "sex"], given=SAME)
    commands.correct(cast.secretary, first, changes={"sex": "1"}, given=commands.Given(reason="said"))
    commands.separate(cast.secretary, first, other=second.pk, given=DIFFERENT)
    enter(system("test"))
    kept, back = Person.objects.get(pk=first.pk), Person.objects.get(pk=second.pk)
    assert (kept.birth_year, kept.sex) == (1948, "1"), "what was changed since stays"
    assert back.merged_into_id is None
    assert queries.living_in(cast.secretary).count() == 2
    assert queries.history(kept)[0].act == queries.history(back)[0].act == "separate"
    with pytest.raises(Refused, match="没有并入"):
        commands.separate(cast.secretary, first, other=second.pk, given=DIFFERENT)


def test_who_was_found_to_be_another_is_not_offered_again(cast: Cast, pair: tuple[Person, Person]) -> None:
    first, second = pair
    for _again in range(2):
        commands.keep_apart(cast.secretary, second, other=first.pk, given=DIFFERENT)
    assert queries.doubles(cast.secretary) == []


def test_what_cannot_be_merged(cast: Cast, pair: tuple[Person, Person]) -> None:
    first, second = pair
    third = someone(cast, name="林立秋", phone="", home=door(cast, "101"))
    merge = commands.merge
    with pytest.raises(Refused, match="另一份"):
        merge(cast.secretary, first, other=first.pk, given=SAME)
    with pytest.raises(Refused, match="没有这一项"):
        merge(cast.secretary, first, other=second.pk, take=["region_code"], given=SAME)
    merge(cast.secretary, first, other=second.pk, given=SAME)
    with pytest.raises(Refused, match="先把它们分开"):
        merge(cast.secretary, third, other=first.pk, given=SAME)
    with pytest.raises(Refused, match="不在您的工作范围内"):
        merge(cast.neighbour, third, other=first.pk, given=SAME)
    with pytest.raises(Refused, match="权限"):
        merge(cast.grid_worker, third, other=first.pk, given=BY_VISIT)


def test_whoever_may_ask_for_the_one_record_may_ask_for_the_person(cast: Cast, pair: tuple[Person, Person]) -> None:
    first, second = pair
    child, today = "13900002222", queries.today()
    key = privacy.authorise(
        cast.secretary, subject_kind="residents.person", subject_id=second.pk, relation="child", name="林大树", phone=child,
        basis="委托书原件", starts=today, ends=today + timedelta(days=365),
    )  # fmt: skip

    def reached() -> set[int]:
        enter(system("test"))
        return {one.id for one in held_under(child) if one.authority}

    assert reached() == {second.pk}
    commands.merge(cast.secretary, first, other=second.pk, given=SAME)
    assert reached() == {first.pk, second.pk}
    commands.separate(cast.secretary, first, other=second.pk, given=DIFFERENT)
    assert reached() == {second.pk}
    commands.merge(cast.secretary, first, other=second.pk, given=SAME)
    commands.note_death(cast.secretary, first, died_on=today, given=BY_VISIT)
    assert reached() == set(), "a death ends it, whichever record it was given for"
    assert Authority.objects.get(pk=key).ends < today


def test_what_must_be_kept_of_one_record_is_kept_of_the_person(cast: Cast, pair: tuple[Person, Person]) -> None:
    first, second = pair
    soon = queries.today() + timedelta(days=90)
    for chosen, other in (pair, (second, first)):
        placed = privacy.hold(
            cast.auditor, subject_kind="residents.person", subject_id=chosen.pk, basis="来函", review_on=soon
        )
        assert ("residents.person", other.pk) not in held()
        commands.merge(cast.secretary, first, other=second.pk, given=SAME)
        assert {("residents.person", one.pk) for one in pair} <= held()
        commands.separate(cast.secretary, first, other=second.pk, given=DIFFERENT)
        privacy.lift_hold(cast.auditor, placed)


def test_what_hangs_on_the_other_record_still_finds_the_person(cast: Cast, pair: tuple[Person, Person]) -> None:
    first, second = pair
    cared(cast, second)
    commands.add_contact(cast.grid_worker, second, kind="relative", name="林大树", phone="13900002222", given=BY_VISIT)
    commands.move_in(cast.secretary, second, dwelling=door(cast, "303").pk, kind="owner", lives=False, given=BY_VISIT)
    commands.merge(cast.secretary, first, other=second.pk, given=SAME)
    assert commands.search(cast.secretary, text="13900002222") == [first.pk]
    assert list(queries.by_address(cast.secretary, "春光里小区3号楼2单元303").values_list("pk", flat=True)) == [
        first.pk
    ]
    for care in ("old", "any"):
        page = cast.client("secretary").get("/residents/", {"care": care}).content.decode()
        assert f"/residents/{first.pk}/" in page
