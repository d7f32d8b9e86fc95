"""Looking people up, and opening what is sealed: the read-log row is written before the datum leaves, in the same transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from linli.base import masks
from linli.base.actor import Actor
from linli.base.commands import Refused, about, command, detail
from linli.base.crypto import Purpose, Sealed, index_candidates
from linli.base.exchange import identifiers
from linli.base.privacy import reading as privacy
from linli.base.throttle import Limit, left, note, refusal, spend
from linli.people.residents import queries, rules, tasks
from linli.people.residents.models import CareNeed, Contact, Person
from linli.people.residents.policy import care, register_policy
from linli.places.regions.queries import in_subtree

PURPOSES = {
    "review": "复核关照情况前约时间",
    "visit": "上门走访",
    "task": "办理手头的事",
    "urgent": "紧急情况：漏水、着火、走失等",
}
# What may be opened, field by field: the least that the purpose needs is asked for, not the whole record.
FIELDS = {
    "name": ("residents.person.name",),
    "phone": ("residents.person.phone",),
    "birth_date": ("residents.person.birth_date",),
    "identity": ("residents.person.identity",),
    "contacts": ("residents.contact.name", "residents.contact.phone"),
    "care": ("residents.careneed.group",),
}
NOTE_LEAST = 4
# What somebody could guess at who has seen the mask.
NUMBERS = ("phone", "identity")


def purposes_of(work: tasks.Work | None) -> tuple[str, ...]:
    """The purposes that this piece of open work is a reason for."""
    return () if work is None else ("review", "visit") if work.kind == "review" else ("task",)


@command("residents.reveal", repeatable=True)
def reveal(actor: Actor, person: Person, *, fields: Iterable[str], purpose: str, note: str = "") -> dict[str, str]:
    """Some of what is sealed of one person, for a purpose tied to open work with them. Returns field -> text.

    fields: of FIELDS. The read log names the work, a case by its number. An emergency needs no open work, but a line that says what
    happened, and every such opening is shown to the audit.
    Refused: nobody the actor may see, no open work, groups of care for whoever does not look after people.
    """
    wanted = sorted(set(fields))
    if not wanted or set(wanted) - set(FIELDS):
        raise Refused("请选要查看的内容。", field="fields")
    if purpose not in PURPOSES:
        raise Refused("请选查看的用途。", field="purpose")
    row = queries.visible_to(actor).filter(pk=person.pk, merged_into=None).first()
    if row is None:
        raise Refused("这位居民不在您的工作范围内。", status=404)
    about("residents.person", row.pk)
    if row.state == Person.State.DEAD:
        raise Refused("这位居民已登记去世，不再联系。", status=403)
    if "care" in wanted and not actor.may("residents.care"):
        raise Refused("您没有查看需关照类别的权限。", field="fields", status=403)
    words = masks.scrub(" ".join(note.split()))[:200]
    if purpose == "urgent":
        if len(words) < NOTE_LEAST:
            raise Refused("紧急查看要写明发生了什么。", field="note")
    else:
        work = tasks.with_person(actor, row)
        if work is None:
            raise Refused(
                "您现在没有和这位居民有关的待办（复核到期、走访或在办的事），不能查看。", rule="purpose", status=403
            )
        if purpose not in purposes_of(work):
            raise Refused(f"您手头的是“{work}”，请选和它相符的用途。", field="purpose")
        words = f"{work} {words}".strip()[:200]
    covered = frozenset(one for name in wanted for one in FIELDS[name])
    told = privacy.purpose(
        actor, "residents.person", row.pk, covered, purpose=purpose, purposes=PURPOSES, task=True, note=words
    )
    detail(fields=wanted, purpose=purpose)
    return {name: _told(actor, row, name, told) for name in wanted}


def _told(actor: Actor, row: Person, name: str, told: Purpose) -> str:
    if name == "contacts":
        found = Contact.objects.filter(queries.same_person([row.pk]), ends=None).order_by("id")
        return "；".join(
            f"{one.get_kind_display()} {_open(one.name, told)} {_open(one.phone, told)}".strip() for one in found
        )
    if name == "care":
        seen = care().seen_by(actor)
        codes = [_open(need.group, told) for need in _needs(actor, row)]
        return "、".join(str(seen[code]["name"]) for code in codes if code in seen)
    return _open(getattr(row, name), told)


def _needs(actor: Actor, row: Person) -> list[CareNeed]:
    return list(queries.care_of(actor).filter(queries.same_person([row.pk])).order_by("id"))


def _open(value: Any, told: Purpose) -> str:
    return value.reveal(told) if isinstance(value, Sealed) else ""


@command("residents.list_care", right="residents.care", repeatable=True)
def list_care(actor: Actor, *, group: str, purpose: str, work: str, place: str = "") -> list[int]:
    """Ids of the people who need this care, for a purpose of the policy that is tied to open work; everybody on the list is told so.

    group, purpose: codes of the policy of care; work: `review`, or the number of a matter in hand; place: a region to narrow it to. One row
    of the read log for each of them is written before the list leaves. Refused: a group that this role does not work with, work that is not
    in hand or no reason for the purpose, more people than the policy allows; too many lists in this hour.
    """
    policy = care()
    wanted, chosen = policy.seen_by(actor).get(group), policy.lists.get(purpose)
    if wanted is None:
        raise Refused("请从清单里选类别。", field="group")
    if chosen is None:
        raise Refused("请选名单的用途。", field="purpose")
    mine = next((one for one in tasks.in_hand(actor) if (one.number or one.kind) == work), None)
    if mine is None or mine.kind not in chosen["work"]:
        raise Refused(
            "请选您手头和这个用途相符的事；没有在办的事，不能列名单。", field="work", rule="purpose", status=403
        )
    if not actor.everything:
        spend(Limit("residents.list_care", int(policy.data["lists_per_hour"]), 3600), actor.principal)
    rows = queries.care_of(actor).filter(group_index__in=index_candidates(CareNeed, "group_index", group))
    if chosen.get("due"):
        rows = rows.filter(review_on__lte=queries.today())
    if place:
        rows = rows.filter(in_subtree(place, "region_code"))
    most = int(policy.data["list_most"])
    keys = sorted(set(rows.values_list(queries.SHOWN, flat=True)[: most * 2]))
    if len(keys) > most:
        raise Refused(f"超过 {most} 人，请选一个网格再列。", field="place")
    noted = privacy.listed(
        actor,
        "residents.person",
        keys,
        FIELDS["care"],
        purpose=str(chosen["name"]),
        note=f"列名单：{chosen['name']}；{mine}",
    )
    detail(purpose=purpose, work=mine.number or mine.kind, people=noted)
    return keys


def _by_name(actor: Actor, words: str) -> QuerySet[Person]:
    name = rules.clean_name(words)
    if problem := rules.problem_of_name(name):
        raise ValueError(problem)
    return queries.by_name(actor, name)


_SEARCHES: dict[str, Callable[[Actor, str], QuerySet[Person]]] = {
    "name": _by_name,
    "phone": lambda actor, words: queries.by_phone(actor, identifiers.phone(words)),
    "identity": lambda actor, words: queries.by_identity(actor, identifiers.identity_number(words).number),
    "address": lambda actor, words: queries.by_address(actor, words),
}


@command("residents.search", repeatable=True)
def search(actor: Actor, *, text: str) -> list[int]:
    """Ids of the people with exactly this name, telephone number or identity number, or at this address; at most as many as the policy says.

    What was looked for is not recorded, only of which kind it was, and how many were found. Refused: what is none of these; too many searches
    in this hour, or too many numbers that nobody has.
    """
    policy, words = register_policy(), " ".join(text.split())[:60]
    kind = rules.sought(words)
    if not kind:
        raise Refused("请输入姓名、手机号、身份证号或住处。", field="text")
    if kind == "masked":
        raise Refused("* 是隐去的字，查不了：请写全名或完整的号码，也可以写住处。", field="text")
    limit = Limit("residents.search", int(policy["searches_per_hour"]), 3600)
    misses = Limit("residents.search.missed", int(policy.get("misses_per_hour", 30)), 3600)
    if not actor.everything:
        spend(limit, actor.principal)
        if kind in NUMBERS and not left(misses, actor.principal):
            raise refusal(misses)
    try:
        rows = _SEARCHES[kind](actor, words)
    except ValueError as error:
        raise Refused(str(error), field="text") from None
    found = list(rows.order_by("id").values_list("pk", flat=True)[: int(policy["found_most"])])
    if kind in NUMBERS and not found:
        note(misses, actor.principal)
    detail(kind=kind, found=len(found))
    return found


@command("residents.export", repeatable=True)
def export(actor: Actor, *, conditions: str, rows: int) -> None:
    """Take the list out as a sheet, masked. The audit keeps who, under which conditions and how many rows."""
    detail(conditions=conditions[:300], rows=rows)
