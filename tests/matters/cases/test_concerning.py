"""A case in hand opens the contact of the resident it concerns: for its handler, while it is open, with its number in the read log."""

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import ReadRow
from linli.base.scope import enter
from linli.matters.cases import commands as cases
from linli.matters.cases.models import Case
from linli.people.residents import commands
from linli.people.residents.models import Person
from linli.people.residents.tasks import in_hand, with_person
from linli.procedures.models import Proceeding
from tests.cast import Cast
from tests.matters.cases.stories import dispatched, handling
from tests.people.residents.stories import door, someone

OWN = "13800001111"  # the number of `someone`
OTHER = "13900009999"


def opens(cast: Cast, who: str, row: Person) -> dict[str, str]:
    told: dict[str, str] = commands.reveal(getattr(cast, who), row, fields=["phone"], purpose="task")
    return told


def in_own_hand(cast: Cast, **told: object) -> tuple[Person, Proceeding]:
    """A resident, and their case that the grid worker has accepted."""
    row = someone(cast)
    return row, handling(cast, by="grid_worker", phone=OWN, **told)


def test_the_handler_opens_the_contact_and_the_log_names_the_case(cast: Cast) -> None:
    row, case = in_own_hand(cast)
    assert str(with_person(cast.grid_worker, row)) == f"在办的诉求 {case.number}"
    assert opens(cast, "grid_worker", row) == {"phone": OWN}
    enter(system("test"))
    log = ReadRow.objects.get(subject_kind="residents.person")
    assert (log.subject_id, log.purpose, log.note) == (str(row.pk), "task", f"在办的诉求 {case.number}")
    assert any(work.number == case.number for work in in_hand(cast.grid_worker))


def test_the_dwelling_that_a_case_names_is_reason_enough(cast: Cast) -> None:
    row = someone(cast)
    elsewhere = someone(cast, name="程立秋", phone="13700007777", home=door(cast, "302"))
    handling(cast, by="grid_worker", phone=OTHER, place_text="春光里小区3号楼 2单元501")
    assert opens(cast, "grid_worker", row) == {"phone": OWN}
    with pytest.raises(Refused, match="没有和这位居民有关的待办"):
        opens(cast, "grid_worker", elsewhere)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("grid_worker", {"phone": OTHER}),  # somebody else's case
        ("grid_worker", {"phone": OTHER, "place_text": "春光里小区3号楼"}),  # only the building
        ("grid_worker", {"phone": OTHER, "place_text": "春光星小区3号楼2单元501"}),  # a name that is only much like it
        ("grid_worker", {"phone": OWN, "anonymous": True}),
        ("secretary", {"phone": OWN}),  # in the hand of another post of the same unit
        ("neighbour", {"phone": OWN}),
    ],
)
def test_nobody_else_does(cast: Cast, who: str, told: dict[str, object]) -> None:
    row = someone(cast)
    handling(cast, by="grid_worker", **told)
    with pytest.raises(Refused):
        opens(cast, who, row)
    enter(system("test"))
    assert not ReadRow.objects.filter(subject_kind="residents.person").exists()


def test_without_a_task_or_after_the_case_nothing_opens(cast: Cast) -> None:
    row = someone(cast)
    with pytest.raises(Refused, match="没有和这位居民有关的待办"):
        opens(cast, "grid_worker", row)
    case = handling(cast, by="grid_worker", phone=OWN)
    with pytest.raises(Refused, match="请选和它相符的用途"):
        commands.reveal(cast.grid_worker, row, fields=["phone"], purpose="review")
    assert opens(cast, "grid_worker", row) == {"phone": OWN}
    cases.answer(cast.grid_worker, case.pk, note="灯已换好")
    with pytest.raises(Refused, match="没有和这位居民有关的待办"):
        opens(cast, "grid_worker", row)
    cases.settle(cast.call_taker, case.pk, resolved=True, satisfaction="satisfied")
    with pytest.raises(Refused, match="没有和这位居民有关的待办"):
        opens(cast, "grid_worker", row)


def test_the_unit_a_case_is_about_learns_nothing(cast: Cast) -> None:
    row = someone(cast)
    case = dispatched(cast, phone=OWN)
    assert opens(cast, "secretary", row) == {"phone": OWN}
    enter(system("test"))
    Case.objects.filter(pk=case.pk).update(about=cast.organisations["here"])
    with pytest.raises(Refused):
        opens(cast, "secretary", row)


def test_the_case_page_leads_to_the_register(cast: Cast) -> None:
    row, case = in_own_hand(cast, place_text="春光里小区3号楼 2单元501")
    assert f"/cases/{case.number}/people/" in cast.client("grid_worker").get(f"/cases/{case.number}/").content.decode()
    told = cast.client("grid_worker").get(f"/cases/{case.number}/people/")
    assert told["Cache-Control"] == "private, no-store"
    text = told.content.decode()
    assert "林**" in text and f"/residents/{row.pk}/" in text and f"/dwellings/{row.dwelling_id}/" in text
    assert OWN not in text and "林小满" not in text
    other = cast.client("secretary").get(f"/cases/{case.number}/people/").content.decode()
    assert "林**" not in other and "办理这件诉求的人" in other
    for who in ("clerk", "sysadmin", "leader", "neighbour"):
        assert cast.client(who).get(f"/cases/{case.number}/people/").status_code == 404, who
    page = cast.client("grid_worker").get(f"/residents/{row.pk}/").content.decode()
    assert f"在办的诉求 {case.number}" in page and "办理手头的事" in page
