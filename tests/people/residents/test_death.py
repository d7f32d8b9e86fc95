"""A death ends everything that ends with it, and taking it back runs all of it again."""

from datetime import date, timedelta

from linli.base.actor import system
from linli.base.privacy import commands as privacy
from linli.base.privacy.models import Authority
from linli.base.scope import enter
from linli.people.residents import commands, queries
from linli.people.residents.models import CareNeed, Contact, Household, Person, Residence
from tests.cast import Cast
from tests.people.residents.stories import BY_VISIT, SAID, cared, someone

LONG_AGO = date(2025, 1, 1)


def test_visits_calls_the_home_and_the_access_of_relatives_end_and_run_again(cast: Cast) -> None:
    row, today = someone(cast), queries.today()
    cared(cast, row, on=LONG_AGO)
    commands.add_contact(cast.grid_worker, row, kind="relative", name="林大树", phone="13900002222", given=BY_VISIT)
    key = privacy.authorise(
        cast.secretary, subject_kind="residents.person", subject_id=row.pk, relation="child", name="林大树",
        phone="13900002222", basis="委托书原件", starts=today, ends=today + timedelta(days=365),
    )  # fmt: skip

    def running() -> list[bool]:
        enter(system("test"))
        return [
            CareNeed.objects.filter(ends=None).exists(), Contact.objects.filter(ends=None).exists(),
            Residence.objects.filter(ends=None).exists(), Household.objects.filter(ends=None, head=row).exists(),
            Authority.objects.filter(pk=key, starts__lte=today, ends__gte=today).exists(),
        ]  # fmt: skip

    assert running() == [True] * 5
    commands.note_death(cast.grid_worker, row, died_on=today, given=SAID)
    assert running() == [False] * 5
    assert queries.visit_list(cast.grid_worker) == []
    commands.undo_death(cast.grid_worker, row, given=SAID)
    assert running() == [True] * 5
    back = Person.objects.get(pk=row.pk)
    assert (back.state, back.died_on, back.household_id) == ("living", None, row.household_id)
    assert Authority.objects.get(pk=key).ends == today + timedelta(days=365)
