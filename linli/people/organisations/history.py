"""How an organisation came to be called what it is called: written by the commands of this floor, inside their transaction.

A change holds from a day on, never before the change that came last: what was true on any earlier day stays as it was.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.base.commands import Refused
from linli.people.organisations import queries
from linli.people.organisations.models import Organisation, Standing

NAMED = ("name", "short_name", "parent")


def begin(organisation: Organisation, basis: str = "") -> Standing:
    """The first standing of an organisation that has just been written."""
    return _new(organisation, organisation.valid_from, basis)


def _new(organisation: Organisation, starts: date | None, basis: str) -> Standing:
    return Standing.objects.create(
        organisation=organisation,
        name=organisation.name,
        short_name=organisation.short_name,
        parent_id=organisation.parent_id,
        starts=starts,
        basis=basis[:120],
    )


def _last(organisation: Organisation, on: date) -> Standing:
    """The standing that holds now, which a change on that day would end. Refused: a later change is on record."""
    found = organisation.standings.filter(until=None).first() or begin(organisation)
    if found.starts is not None and on < found.starts:
        raise Refused(
            _("%(name)s在 %(day)s 已经有变动，新的变动不能早于那一天。")
            % {"name": organisation.name, "day": found.starts},
            field="on",
            rule="沿革按先后",
        )
    return found


def change(organisation: Organisation, *, on: date, basis: str = "", **values: Any) -> Organisation:
    """From that day on another name, short name or parent. Saves the organisation."""
    last = _last(organisation, on)
    for name in NAMED:
        if name in values:
            setattr(organisation, name, values[name])
    organisation.save(update_fields=list(NAMED))
    if last.starts == on:
        last.name, last.short_name, last.parent_id = organisation.name, organisation.short_name, organisation.parent_id
        last.basis = basis[:120] or last.basis
        last.save(update_fields=[*NAMED, "basis"])
    else:
        last.until = on
        last.save(update_fields=["until"])
        _new(organisation, on, basis)
    queries.forget()
    return organisation


def end(organisation: Organisation, *, on: date, basis: str = "") -> Organisation:
    """On that day it is no more."""
    last = _last(organisation, on)
    last.until = on
    last.basis = last.basis or basis[:120]
    last.save(update_fields=["until", "basis"])
    organisation.valid_to = on
    organisation.save(update_fields=["valid_to"])
    organisation.responsibilities.filter(ends=None).update(ends=on)
    queries.forget()
    return organisation
