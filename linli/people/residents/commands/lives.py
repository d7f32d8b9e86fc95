"""A death, which ends reviews and contacts and keeps the history; and taking it back when it was wrong."""

import json
from datetime import date
from typing import Any

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.people.residents import queries, rules
from linli.people.residents.commands.common import ELSEWHERE, Given, end_residences, fact, follow, in_hand, opened
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence


@command("residents.note_death")
def note_death(actor: Actor, person: Person, *, died_on: date, given: Given) -> Person:
    """Somebody has died: nobody visits, calls or reviews any more; the record stays as it was. Refused: a day that has not come."""
    given = given.checked()
    row = in_hand(actor, person, moved=True)
    if died_on > queries.today():
        raise Refused("去世日期不能在将来。", field="died_on")
    if row.birth_year and died_on.year < row.birth_year:
        raise Refused("去世日期早于出生年份。", field="died_on")
    before: dict[str, Any] = {
        "state": row.state,
        "_household": row.household_id or 0,
        "_head": bool(row.household is not None and row.household.head_id == row.pk),
        "_residences": end_residences(row, died_on, Residence.Ending.DEATH),
        "_care": list(CareNeed.objects.filter(person=row, ends=None).values_list("pk", flat=True)),
        "_contacts": list(Contact.objects.filter(person=row, ends=None).values_list("pk", flat=True)),
    }
    CareNeed.objects.filter(pk__in=before["_care"]).update(ends=died_on, ending=CareNeed.Ending.DEATH)
    Contact.objects.filter(pk__in=before["_contacts"]).update(ends=died_on)
    if before["_head"]:
        Household.objects.filter(pk=before["_household"]).update(head=None)
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
    Residence.objects.filter(pk__in=before.get("_residences", ())).update(ends=None, ending="")
    CareNeed.objects.filter(pk__in=before.get("_care", ())).update(ends=None, ending="")
    Contact.objects.filter(pk__in=before.get("_contacts", ())).update(ends=None)
    row.state, row.died_on = before.get("state", Person.State.LIVING), None
    row.household = Household.objects.filter(pk=before.get("_household") or 0, ends=None).first()
    row.save(update_fields=["state", "died_on", "household"])
    if row.household is not None and before.get("_head") and row.household.head_id is None:
        Household.objects.filter(pk=row.household.pk).update(head=row)
    follow(row, row.region_code)
    fact(actor, row, PersonFact.Act.UNDO_DEATH, given, ["state"])
    return row
