"""Taking back an act that was entered wrongly: everything is as it was before, and both the act and that it was taken back
stay on record. Only while nothing later rests on it."""

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import forget
from linli.people.party.commands.common import keeps_rolls, note, reach, today
from linli.people.party.commands.tracing import TABLES, values
from linli.people.party.models import Change, ChangePart, ChangeTrace, PartyOrganisation

DAYS = ("starts", "until", "ends", "valid_from", "valid_to")


@command("party.undo", right="party.act")
def undo(actor: Actor, change: Change, *, reason: str) -> Change:
    """Take back one act. Refused: no reason, taken back already, a later act on the same organisations, rows that were
    changed since, anything else that has come to rest on an organisation that the act founded."""
    words = " ".join(reason.split())[:120]
    if not words:
        raise Refused(_("请写为什么撤回。"), field="reason")
    if change.kind == Change.Kind.UNDO:
        raise Refused(_("撤回登记不能再撤回，请重新办理。"))
    if Change.objects.filter(undoes=change).exists():
        raise Refused(_("这次变动已经撤回。"))
    parts = list(change.parts.exclude(role=ChangePart.Role.UNIT).select_related("organisation"))
    for part in parts:
        reach(actor, part.organisation.region_code)
    trace = ChangeTrace.objects.filter(change=change).first()
    if trace is None:
        raise Refused(_("这次变动没有留下明细，不能撤回，请另外办理更正。"))
    keeps_rolls(actor, [pk for table, pk, _before, _after in trace.steps if table == "card"])
    keys = {part.organisation_id for part in parts}
    _nothing_later(change, keys)
    rows = _unchanged(trace)
    _nothing_rests_on(change, trace)
    # What is new goes first, so that nothing stands in the way of what comes back.
    for table, pk, before, _after in sorted(trace.steps, key=lambda step: step[2] is not None):
        _put_back(rows[table, pk], table, before, change.on)
    forget()
    organisations = {row.pk: row for row in Organisation.objects.filter(pk__in=keys)}
    now_there = [one for one in organisations.values() if one.valid_to is None or one.valid_to > change.on]
    return note(
        actor,
        Change.Kind.UNDO,
        today(),
        words,
        sources=[(organisations[part.organisation_id], part.name, part.members) for part in _last(parts)],
        results=[(one, 0) for one in now_there],
        undoes=change,
    )


def _last(parts: list[ChangePart]) -> list[ChangePart]:
    """Each organisation once: as it stood after the act, or before it when it was no more."""
    return list({part.organisation_id: part for part in parts}.values())


def _nothing_later(change: Change, organisations: set[int]) -> None:
    later = Change.objects.filter(pk__gt=change.pk, undone_by=None, parts__organisation__in=organisations)
    if found := later.exclude(kind=Change.Kind.UNDO).order_by("pk").first():
        raise Refused(
            _("%(day)s 又办了“%(kind)s”，请先撤回它。") % {"day": found.on, "kind": found.get_kind_display()},
            rule="后办的先撤回",
        )


def _unchanged(trace: ChangeTrace) -> dict[tuple[str, int], Any]:
    """The rows the act wrote, by table and id. Refused when one of them is no longer as the act left it."""
    rows: dict[tuple[str, int], Any] = {}
    for table, (model, columns) in TABLES.items():
        after = {pk: held for name, pk, _before, held in trace.steps if name == table}
        found = model._base_manager.select_for_update().in_bulk(list(after))
        if any(pk not in found or values(found[pk], columns) != held for pk, held in after.items()):
            what = str(model._meta.verbose_name)
            raise Refused(_("办理之后“%(what)s”又有变动，不能撤回。") % {"what": what}, rule="后办的先撤回")
        rows |= {(table, pk): row for pk, row in found.items()}
    return rows


def _nothing_rests_on(change: Change, trace: ChangeTrace) -> None:
    """Refused when an organisation that the act founded has got anything beyond what the act itself gave it."""
    made = [pk for table, pk, before, _after in trace.steps if table == "organisation" and before is None]
    own = {(TABLES[table][0], pk) for table, pk, _before, _after in trace.steps}
    for related in Organisation._meta.related_objects if made else ():
        model: type[Model] = related.related_model
        if model is PartyOrganisation:
            continue
        rows = model._base_manager.filter(**{f"{related.field.name}__in": made})
        if model is ChangePart:
            rows = rows.exclude(change=change).exclude(change__undoes=change)
        if any((model, pk) not in own for pk in rows.values_list("pk", flat=True)[: len(own) + 1]):
            what = str(model._meta.verbose_name)
            raise Refused(_("新成立的组织已经有了“%(what)s”，不能撤回。") % {"what": what}, rule="后办的先撤回")


def _put_back(row: Any, table: str, before: dict[str, Any] | None, on: date) -> None:
    """A row as it was before; one that is new holds on no day at all any more."""
    if before is None:
        first, last = ("valid_from", "valid_to") if table == "organisation" else ("starts", "until")
        day = getattr(row, first) or on
        held: dict[str, Any] = {first: day, last: day}
    else:
        held = {
            name: date.fromisoformat(value) if name in DAYS and value is not None else value
            for name, value in before.items()
        }
    for name, value in held.items():
        setattr(row, name, value)
    row.save(update_fields=[name.removesuffix("_id") for name in held])
