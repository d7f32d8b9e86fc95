"""What an act would do, before it is done: it is done, looked at, and taken back in the same transaction. So what is shown is
what will happen, by the same rules and no others."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli.base import policies
from linli.base.actor import Actor
from linli.base.commands.engine import submission
from linli.people.organisations.models import Organisation, Responsibility
from linli.people.organisations.queries import forget
from linli.people.organisations.rules import term_years
from linli.people.party import checking
from linli.people.party.commands.common import domain_of, form_of, today
from linli.people.party.models import Change, MemberCard, Membership
from linli.people.party.rules import PASSING
from linli.places.regions.models import Region

# What may newly want attention after an act, and what an act may settle.
WATCHED = ("few", "many", "grid", "building", "unit")
NAMED_MOST = 30


@dataclass(slots=True)
class Effect:
    """One heading of what would happen, line by line. tone: "warn" for what somebody has to see to."""

    title: str
    lines: list[str] = field(default_factory=list)
    tone: str = ""


def rehearsed(actor: Actor, perform: Callable[[], Any]) -> list[Effect]:
    """What `perform` would bring about. Raises Refused as it does itself; nothing stays written, no key is used up.

    Rows in the caller's hands are as the act left them: read them again before they are used for anything else."""
    found: list[Effect] = []
    seen: dict[str, dict[Any, str]] = {}
    with submission("", ""), transaction.atomic():
        latest = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        perform()
        change = Change.objects.filter(pk__gt=latest).order_by("pk").first()
        if change is not None:
            found, seen = told(actor, change), _wanting(actor)
        transaction.set_rollback(True)
    forget()
    before = _wanting(actor) if found else {}
    named = {code: str(check.said(policies.load("party").data)["name"]) for code, check in checking.CHECKS.items()}
    for title, now_so, then, tone in ((_("会多出的预警"), seen, before, "warn"), (_("会消掉的预警"), before, seen, "")):
        lines = [
            f"{named[code]}：{name}"
            for code, rows in now_so.items()
            for key, name in rows.items()
            if key not in then.get(code, {})
        ]
        if lines:
            found.append(Effect(title, lines, tone))
    return found


def _wanting(actor: Actor) -> dict[str, dict[Any, str]]:
    """check -> {row: its name} of what wants attention where the actor works."""
    return {
        code: {row.pk: checking.CHECKS[code].line(row)["name"] for row in checking.CHECKS[code].rows(actor, today())}
        for code in WATCHED
    }


def told(actor: Actor, change: Change) -> list[Effect]:
    """What an act did, from the rows it wrote; nothing of one that left no trace."""
    steps = change.trace.steps if hasattr(change, "trace") else []
    if change.undoes is not None:
        # Taken back is what the act had done.
        steps = [[table, pk, after, before] for table, pk, before, after in change.undoes.trace.steps]
    return [
        one
        for one in (
            _organisations(steps),
            _members(actor, change, steps),
            _answering(steps),
            _elections(steps),
        )
        if one is not None and one.lines
    ]


def _names(keys: Iterable[int | None]) -> dict[int, str]:
    known = {key for key in keys if key is not None}
    return dict(Organisation.objects.filter(pk__in=known).values_list("pk", "name"))


def _there(held: dict[str, Any] | None) -> bool:
    return held is not None and (held["valid_to"] is None or held["valid_to"] != held["valid_from"])


def _ended(steps: list[Any]) -> set[int]:
    """Organisations that were there and will be no more."""
    return {
        pk
        for table, pk, before, after in steps
        if table == "organisation"
        and before is not None
        and before["valid_to"] is None
        and (after is None or after["valid_to"] is not None)
    }


def _organisations(steps: list[Any]) -> Effect:
    """Who comes to be, is no more, is called otherwise, stands elsewhere."""
    effect = Effect(_("党组织"))
    rows = [(pk, before, after) for table, pk, before, after in steps if table == "organisation"]
    names = _names({held["parent_id"] for _pk, before, after in rows for held in (before, after) if held})
    over = _ended(steps)
    for pk, before, after in rows:
        if pk in over and before is not None:
            effect.lines.append(_("%(name)s：撤销") % {"name": before["name"]})
        elif before is None or before["valid_to"] is not None:
            effect.lines.append(_("%(name)s：成立") % {"name": (after or before)["name"]})
        elif after is not None:
            if before["name"] != after["name"]:
                effect.lines.append(
                    _("%(before)s：更名为%(after)s") % {"before": before["name"], "after": after["name"]}
                )
            if before["parent_id"] != after["parent_id"]:
                above = [names.get(held["parent_id"], _("没有上级")) for held in (before, after)]
                effect.lines.append(
                    _("%(name)s：上级由%(before)s改为%(after)s")
                    % {"name": after["name"], "before": above[0], "after": above[1]}
                )
    return effect


def _members(actor: Actor, change: Change, steps: list[Any]) -> Effect:
    """Who moves where: numbers, and the masked names for those who keep the rolls."""
    effect = Effect(_("党员"))
    left: dict[int, int] = {}
    came: dict[int, int] = {}
    attached: Counter[int] = Counter()
    for table, _pk, before, after in steps:
        if table != "membership":
            continue
        held = after or before
        if held["attached"]:
            attached[held["organisation_id"]] += after is not None and after["until"] is None
        elif after is not None and after["until"] is None:
            came[held["card_id"]] = held["organisation_id"]
        else:
            left[held["card_id"]] = held["organisation_id"]
    names = _names({*left.values(), *came.values(), *attached})
    moved: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for card in sorted({*left, *came}):
        moved[left.get(card), came.get(card)].append(card)
    for (source, target), cards in moved.items():
        said = {"count": len(cards), "before": names.get(source or 0, "—"), "after": names.get(target or 0, "—")}
        effect.lines.append(_("%(count)d 名党员：%(before)s → %(after)s") % said + _who(actor, cards))
    for key, count in attached.items():
        if count:
            effect.lines.append(
                _("%(count)d 名党员编入%(name)s，组织关系不动") % {"count": count, "name": names.get(key, "")}
            )
    for part in change.parts.filter(role="result") if change.undoes is None else ():
        effect.lines.append(_("%(name)s办理后有 %(count)d 名党员") % {"name": part.name, "count": part.members})
    return effect


def _who(actor: Actor, cards: list[int]) -> str:
    if not actor.may("party.cards"):
        return ""
    rows = MemberCard.objects.filter(pk__in=cards[:NAMED_MOST]).order_by("pk")
    more = "…" if len(cards) > NAMED_MOST else ""
    return "（" + "、".join(f"{row.name!s}#{row.pk}" for row in rows) + more + "）"


def _answering(steps: list[Any]) -> Effect:
    """Grids and what it stands for that change hands, and what still hangs on one that will be no more."""
    effect = Effect(_("网格、覆盖和岗位"))
    over = _ended(steps)
    for table, pk, before, after in steps:
        if table == "responsibility" and before is not None and after is not None and after["ends"] is not None:
            row = Responsibility.objects.select_related("organisation").get(pk=pk)
            region = Region.objects.filter(code=row.region_code).values_list("name", flat=True).first()
            effect.lines.append(
                _("%(name)s不再负责%(region)s") % {"name": row.organisation.name, "region": region or row.region_code}
            )
    counted: Counter[tuple[int, bool]] = Counter(
        (held["organisation_id"], bool(after is not None and after["until"] is None))
        for table, _pk, before, after in steps
        if table == "coverage" and (held := after or before)
    )
    names = _names([*(key for key, _on in counted), *over])
    for (key, on), count in counted.items():
        words = _("%(name)s新覆盖 %(count)d 处") if on else _("%(name)s不再覆盖 %(count)d 处")
        effect.lines.append(words % {"name": names.get(key, ""), "count": count})
    effect.lines += [f"{names.get(key, '')}：{words}" for key in over for words in _hanging(key)]
    return effect


def _hanging(organisation: int) -> list[str]:
    """What else points at an organisation, as its tables call it: posts, people sent to it, contacts."""
    said = []
    for related in Organisation._meta.related_objects:
        name = related.field.name
        fields = {one.name for one in related.related_model._meta.get_fields()}
        if "ends" not in fields or related.related_model in (Membership, Responsibility):
            continue
        count = related.related_model._base_manager.filter(**{name: organisation, "ends": None}).count()
        if count:
            what = str(related.related_model._meta.verbose_name)
            said.append(_("还有 %(count)d 项“%(what)s”") % {"count": count, "what": what})
    return said


def _elections(steps: list[Any]) -> Effect:
    """Terms that end with their organisation, and organisations that elect and have no term yet."""
    effect = Effect(_("换届"))
    over, data = _ended(steps), policies.load("terms").data["terms"]
    for row in Organisation.objects.filter(pk__in=over, terms__held_on=None).distinct():
        term = row.terms.filter(held_on=None).first()
        if term is not None:
            said = {"name": row.name, "day": term.postponed_to or term.due_on}
            effect.lines.append(_("%(name)s：本届（%(day)s 届满）到此为止，不再提醒") % said)
    made = {
        pk for table, pk, before, after in steps if table == "organisation" and not _there(before) and _there(after)
    }
    for row in Organisation.objects.filter(pk__in=made):
        years = term_years(data, row.kind, domain_of(row))
        if years is not None and form_of(row) not in PASSING:
            effect.lines.append(_("%(name)s：成立后要登记本届，每届 %(years)d 年") % {"name": row.name, "years": years})
    return effect
