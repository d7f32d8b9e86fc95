"""A compound that is no longer in use is offered nowhere new."""

from datetime import date

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.prevention.forms import FindForm
from linli.matters.whistles.forms import places_of
from linli.places.addresses.models import Compound
from tests.cast import Cast


def offered(choices: object) -> str:
    return str(choices)


def test_a_closed_compound_is_offered_neither_for_a_whistle_nor_for_a_finding(cast: Cast) -> None:
    actor, name = cast.secretary, cast.compound.name
    enter(actor)
    assert name in offered(places_of(actor))
    assert name in offered(FindForm(actor=actor).fields["place"].choices)
    enter(system("test"))
    Compound.objects.filter(pk=cast.compound.pk).update(valid_to=date(2026, 1, 1))
    enter(actor)
    assert name not in offered(places_of(actor))
    assert name not in offered(FindForm(actor=actor).fields["place"].choices)
