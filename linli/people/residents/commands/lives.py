"""A death, which ends reviews and contacts and keeps the history; and taking it back when it was wrong."""

import json
from datetime import date
from typing import Any

from django.db.models.functions import Greatest

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.base.privacy.commands import ending as rights
from linli.people.residents import queries, rules
from linli.people.residents.commands.common import (
    ELSEWHERE,
    Given,
    back_to_household,
    end_residences,
    fact,
    follow,
    in_hand,
    leave_household,
    opened,
    run_again,
)
from linli.people.residents.models import CareNeed, Contact, Person, PersonFact, Residence


@command("residents.note_death")
def note_death(actor: Actor, person: Person, *, died_on: date, given: Given) -> Person:
    """Somebody has died: nobody visits, calls or reviews any more; the record stays as it was. Refused: a day that has not come."""
    given = given.checked()
    row = in_hand(actor, person, moved=True)
    if died_on > queries.today():
        raise Refused("去世日期不能在将来。", field="died_on")
    if row.birth_year and died_on.year < row.birth_year:
        raise Refused("去世日期早于出生年份。", field="died_on")
    theirs = queries.same_person([row.pk])
    before: dict[str, Any] = {
        "state": row.state,
        "_residences": end_residences(row, died_on, Residence.Ending.DEATH),
        "_care": list(CareNeed.objects.filter(theirs, ends=None).values_list("pk", flat=True)),
        "_contacts": list(Contact.objects.filter(theirs, ends=None).values_list("pk", flat=True)),
        "_authorities": rights.end_all("residents.person", [row.pk, *queries.records_behind([row.pk])]),
        **leave_household(row, died_on),
    }
    CareNeed.objects.filter(pk__in=before["_care"]).update(ends=died_on, ending=CareNeed.Ending.DEATH)
    Contact.objects.filter(pk__in=before["_contacts"]).update(ends=Greatest("starts", died_on))
    row.state, row.died_on, row.household = Person.State.DEAD, died_on, None
    row.save(update_fields=["state", "died_on", "household"])
    fact(actor, row, PersonFact.Act.DEATH, given, ["state"], before)
    detail(region=row.region_code)
    announce("residents.died", {"person": row.pk})
    return row


@command("residents.undo_death", right="residents.note_death")
def undo_death(actor: Actor, person: Person, *, given: Given) -> Person:
    """The death was noted by mistake: everything that it ended runs again. Refused: no death is noted."""
    given = given.checked()
    row = queries.visible_to(actor).select_for_update(of=("self",)).filter(pk=person.pk).first()
    if row is None or not rules.may_reach(actor.regions, row.region_code, actor.everything):
        raise Refused(f"这位居民{ELSEWHERE}", status=404)
    noted = row.facts.filter(act=PersonFact.Act.DEATH).order_by("-id").first()
    if row.state != Person.State.DEAD or noted is None:
        raise Refused("这位居民没有登记去世。")
    before = json.loads(opened(actor, noted.before) or "{}")
    ran = run_again(before.get("_residences", ()))
    CareNeed.objects.filter(pk__in=before.get("_care", ())).update(ends=None, ending="")
    Contact.objects.filter(pk__in=before.get("_contacts", ())).update(ends=None)
    rights.run_again(before.get("_authorities", {}))
    noted_for = {"_died_on": row.died_on.isoformat()} if row.died_on else {}
    row.state, row.died_on = before.get("state", Person.State.LIVING), None
    if row.state == Person.State.LIVING and not any(one.lives for one in ran):
        row.state = Person.State.ABSENT if ran else Person.State.GONE  # the dwelling is gone meanwhile
    row.household = back_to_household(row, before) if row.state == Person.State.LIVING else None
    row.save(update_fields=["state", "died_on", "household"])
    follow(row, row.region_code)
    fact(actor, row, PersonFact.Act.UNDO_DEATH, given, ["state"], noted_for)
    announce("residents.death_undone", {"person": row.pk})
    return row


def taken_back(actor: Actor, person: Person) -> date | None:
    """The day of the death that was last taken back; None when somebody has died, or never was taken for dead. For rooms that followed it."""
    undone = person.facts.filter(act=PersonFact.Act.UNDO_DEATH).order_by("-id").first()
    if undone is None or person.state == Person.State.DEAD:
        return None
    day = json.loads(opened(actor, undone.before) or "{}").get("_died_on")
    return date.fromisoformat(day) if day else None
