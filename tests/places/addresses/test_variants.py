"""Whatever way an address is written, it finds the one place of the register that it means."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.facts.noting import Given
from linli.places.addresses import commands
from linli.places.addresses.commands import NewCompound, NewDwelling
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.queries import find_addresses, match_addresses
from tests.cast import GRID, POINT_HERE, Cast
from tests.places.addresses.variants import GUESSED, MEANT_NOWHERE, REGISTER, WRITTEN, compounds

WITHIN = GRID[:12]


@pytest.fixture
def register(cast: Cast) -> Cast:
    """The invented register beside the compound of the cast."""
    commands.add_compounds(cast.secretary, compounds=compounds())
    keys = {(row.compound.name, row.name): row.pk for row in Building.objects.select_related("compound")}
    new = [
        NewDwelling(keys[name, house], room, unit)
        for name, houses in REGISTER.items()
        for house, doors in houses.items()
        for unit, room in doors
    ]
    commands.enter_dwellings(cast.secretary, dwellings=new)
    return cast


def test_every_way_of_writing_finds_what_it_means(register: Cast) -> None:
    assert len(WRITTEN) >= 150 and len({text for text, _meant in WRITTEN}) == len(WRITTEN)
    found = {}
    for text, meant in WRITTEN:
        first = next(iter(find_addresses(system("test"), text, 5)), None)
        if (first.label if first else "") != meant:
            found[text] = (first.label if first else "", meant)
    assert not found, "\n".join(f"{text}: {got or '-'} / {meant}" for text, (got, meant) in found.items())


def test_what_is_meant_nowhere_finds_nothing(register: Cast) -> None:
    found = {text: [one.label for one in find_addresses(system("test"), text, 5)] for text in MEANT_NOWHERE}
    assert not {text: labels for text, labels in found.items() if labels}


def test_another_part_of_a_compound_is_only_guessed(register: Cast) -> None:
    """A case or a sheet that names 南区 must not open a door of the compound without it."""
    for text, meant in GUESSED:
        first = find_addresses(system("test"), text, 5)[0]
        assert (first.label, first.guessed) == (meant, True), text
    assert all(match.problem == "compound" for match in match_addresses([text for text, _meant in GUESSED], WITHIN))


def test_a_name_of_three_characters_is_guessed_too(cast: Cast) -> None:
    row = NewCompound("清荷苑", GRID, *POINT_HERE)
    commands.add_compound(cast.secretary, compound=row)
    assert [(one.label, one.guessed) for one in find_addresses(system("test"), "清荷园")] == [("清荷苑", True)]
    assert not find_addresses(system("test"), "荷园"), "nor is anything shorter"
    assert not find_addresses(system("test"), "望清荷园"), "nor the end of a longer name"


def test_a_sheet_reads_addresses_as_the_search_does(register: Cast) -> None:
    """A sheet is never led by a guess: what differs by a character is left to a person."""
    doors = {f"{row.building} {row.door}": row.pk for row in Dwelling.objects.select_related("building__compound")}
    full = [(text, doors[meant]) for text, meant in WRITTEN if meant in doors]
    got = match_addresses([text for text, _key in full], WITHIN)
    wrong = [text for (text, key), match in zip(full, got, strict=True) if match.dwelling_id not in (key, None)]
    missed = [text for (text, _key), match in zip(full, got, strict=True) if match.dwelling_id is None]
    assert not wrong
    assert len(missed) <= 20, missed
    assert all(match.problem for match in match_addresses(MEANT_NOWHERE, WITHIN))


def test_a_guess_costs_one_statement_more(register: Cast) -> None:
    with CaptureQueriesContext(connection) as right:
        find_addresses(system("test"), "阳光小区3号楼2单元501")
    with CaptureQueriesContext(connection) as guessed:
        find_addresses(system("test"), "阳广小区3号楼2单元501")
    assert len(guessed) <= len(right) + 6


def test_what_is_only_like_the_name_says_so(register: Cast) -> None:
    assert [one.guessed for one in find_addresses(system("test"), "阳广小区3-2-501")] == [True]
    assert [one.guessed for one in find_addresses(system("test"), "阳光小区3-2-501")] == [False]
    assert not find_addresses(system("test"), "阳广3-2-501"), "two characters are too few to guess by"
    assert not find_addresses(system("test"), "长乐路89弄3号501"), "another number is another place"
    page = cast_page(register, "/addresses/find/", "阳广小区3-2-501")
    assert "下面的相近" in page and "阳光小区 3号楼 2单元501" in page
    answer = register.client().get("/who/", {"q": "阳广小区3号楼"})
    assert answer.status_code == 200 and "您是不是要找" in answer.content.decode()


def cast_page(cast: Cast, path: str, words: str) -> str:
    return cast.client("worker").get(path, {"q": words}).content.decode()


def test_a_compound_is_found_by_the_name_it_had_before(register: Cast) -> None:
    row = Compound.objects.get(name="东风机械厂宿舍")
    changed = NewCompound("东风家园", GRID, row.longitude, row.latitude, other_names=row.other_names)
    commands.edit_compound(register.secretary, row, changed=changed, given=Given(reason="改名"))
    row.refresh_from_db()
    assert row.other_names == "东机宿舍、东风机械厂宿舍"
    for words in ("东风机械厂宿舍4号楼", "东机宿舍4号楼", "东风家园四栋"):
        assert [one.label for one in find_addresses(system("test"), words)] == ["东风家园 四号楼"], words
    page = cast_page(register, "/addresses/", "东机宿舍")
    assert "东风家园" in page
    back = NewCompound("东风机械厂宿舍", GRID, row.longitude, row.latitude, other_names=row.other_names)
    commands.edit_compound(register.secretary, row, changed=back, given=Given(reason="改回"))
    row.refresh_from_db()
    assert row.other_names == "东机宿舍、东风家园"


def test_too_many_other_names_are_refused(register: Cast) -> None:
    for words in ("名" * 61, "、".join(["某某小区东边的老名字"] * 20)):
        new = NewCompound("某小区", GRID, *POINT_HERE, other_names=words)
        with pytest.raises(Refused, match="曾用名"):
            commands.add_compound(register.secretary, compound=new)
