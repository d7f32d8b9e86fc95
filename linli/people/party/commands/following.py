"""What party organisations stand for follows a unit that was on the register twice."""

from linli.base.actor import Actor
from linli.base.commands import command, detail
from linli.people.party.commands.common import today
from linli.people.party.models import Coverage, MemberCard, UnitSurvey


@command("party.follow_merger")
def follow_merger(actor: Actor, *, organisation: int, other: int) -> int:
    """Coverage, surveys and places of work of a record that was closed as a double go to the one that stays. Returns how many
    rows. Run behind the event of the merging; again it finds nothing."""
    moved = MemberCard.objects.filter(unit=other).update(unit=organisation)
    known = Coverage.objects.filter(unit=organisation, until=None).values("organisation")
    ended = Coverage.objects.filter(unit=other, until=None)
    fresh = [
        Coverage(organisation_id=key, unit_id=organisation, starts=today())
        for key in ended.exclude(organisation__in=known).values_list("organisation", flat=True)
    ]
    for row in ended:
        row.until = max(today(), row.starts)
        row.save(update_fields=["until"])
    Coverage.objects.bulk_create(fresh)
    days = UnitSurvey.objects.filter(unit=organisation).values("on")
    moved += UnitSurvey.objects.filter(unit=other).exclude(on__in=days).update(unit=organisation)
    detail(moved=moved + len(fresh))
    return moved + len(fresh)
