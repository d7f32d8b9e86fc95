"""One case as a page shows it: gathered in few statements, masked, with the acts this actor may perform now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.base import masks
from linli.base.actor import Actor
from linli.base.calendar.queries import calendar_at
from linli.base.calendar.rules import Explained
from linli.base.files.models import StoredFile
from linli.base.prepared import objects
from linli.matters.cases import city, precedents
from linli.matters.cases.files import files_of
from linli.matters.cases.listing import place_name
from linli.matters.cases.models import Case, ContactAttempt, Exemption, HangUp, Part, Satisfaction, Settlement
from linli.matters.cases.queries import category_map, visible_to
from linli.matters.cases.rules import both_full
from linli.people.accounts.models import Post
from linli.people.accounts.queries import posts_with_names, roles
from linli.people.organisations.queries import directory
from linli.procedures import rules as engine
from linli.procedures.definitions import Act
from linli.procedures.handling import Handling
from linli.procedures.models import Entry
from linli.procedures.queries import sees

# Acts a page offers, the likeliest first. An act that another one brings about is not offered apart.
ORDER = (
    "accept",
    "dispatch",
    "speak",
    "rule",
    "redirect",
    "refuse_return",
    "convene",
    "invite",
    "settle",
    "resume",
    "grant_exemption",
    "refuse_exemption",
    "review_hang_up",
    "lift",
    "contact",
    "answer",
    "visit",
    "measure",
    "support_done",
    "hand",
    "support",
    "share",
    "extend",
    "ask_extension",
    "pause",
    "hang_up",
    "return",
    "dispute",
    "callback",
    "supervise",
    "look_back",
    "instruct",
    "mark_difficult",
    "clear_difficult",
    "reclassify",
    "join",
    "remind",
    "supplement",
    "ask_exemption",
    "decline",
)
PRECEDENTS_MOST = 5
OTHERS_MOST = 20
# Possible, but nothing that waits for anybody: their forms open only when they are asked for.
RARE = frozenset({"ask_exemption", "decline"})
# What a deliberation is made of: who disputed, who was invited, what each said, what was ruled.
DELIBERATING = ("return", "dispute", "convene", "invite", "speak", "rule")
# Acts without which there is nothing to read in the tables beside the record.
_SETTLING = frozenset({"settle", "reopen"})
_CONTACTING = _SETTLING | {"contact", "reach", "callback"}


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A time limit with how it stands: due, met, paused, stopped."""

    code: str
    name: str
    round: int
    explained: Explained
    met_at: datetime | None
    stopped_at: datetime | None
    paused: bool
    current: bool
    soon_hours: int


@dataclass(slots=True)
class Line:
    """One entry of the timeline, in words."""

    seq: int
    act: str
    title: str
    who: str
    when: datetime
    text: str
    round: int
    facts: list[tuple[str, str]] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    public: bool = False


@dataclass(slots=True)
class Shown:
    """Everything a case page needs. Free text is scrubbed; the reporter stands here only as masks."""

    case: Case
    handling: Handling
    text: str
    scrubbed: bool
    reporter_name: str
    reporter_phone: str
    about_own_unit: bool
    may_reveal: bool
    place: str
    where: str
    clocks: list[ClockShown]
    lines: list[Line]
    files: list[StoredFile]
    contacts: list[ContactAttempt]
    settlements: list[Settlement]
    others: list[dict[str, Any]]
    precedents: list[precedents.Quoted]
    hang_up: HangUp | None
    exemptions: list[Exemption]
    deliberation: list[Line]
    parts: list[Part]
    acts: list[str]
    colleagues: list[Post]
    route: dict[str, Any] | None
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return self.handling.number

    @property
    def step(self) -> Any:
        return self.handling.definition.steps[self.handling.state.step]

    @property
    def open(self) -> bool:
        return self.handling.state.open

    @property
    def seen(self) -> int:
        return self.handling.stored

    def since(self, seen: int) -> list[Line]:
        """What has been recorded after the form was opened."""
        return [line for line in self.lines if line.seq > seen]


def shown(actor: Actor, number: str) -> Shown | None:
    """The case with this number as the actor may see it; None when it does not exist or is out of scope."""
    handling = Handling.read(number)
    if handling is None or not sees(actor, handling):
        return None
    case = next(iter(objects(Case, "WHERE proceeding_id = %s", [handling.id])), None)
    if case is None:
        return None
    entries = objects(Entry, "WHERE proceeding_id = %s ORDER BY seq", [case.pk])
    done = {entry.act for entry in entries}
    files = list(files_of(case.pk)) if any(entry.files for entry in entries) else []
    posts = _posts(actor, entries)
    own = case.about_id is not None and case.about_id == actor.organisation_id
    text = masks.scrub(case.text)
    exemptions = list(Exemption.objects.filter(case_id=case.pk)) if "ask_exemption" in done else []
    acts = offered(actor, handling, case, exemptions)
    lines = [_line(handling, entry, files, posts) for entry in entries]
    return Shown(
        case=case,
        handling=handling,
        text=text,
        scrubbed=text != case.text,
        reporter_name="" if own or case.reporter_name is None else str(case.reporter_name),
        reporter_phone="" if own or case.reporter_phone is None else str(case.reporter_phone),
        about_own_unit=own,
        may_reveal=may_reveal(actor, handling, case),
        place=case.place_text,
        where=place_name(handling.region_code),
        clocks=clocks(handling),
        lines=lines,
        files=[file for file in files if entries and file.pk in entries[0].files],
        contacts=objects(ContactAttempt, "WHERE case_id = %s ORDER BY at, id", [case.pk]) if done & _CONTACTING else [],
        settlements=_settlements(case) if done & _SETTLING else [],
        others=_others(actor, case),
        precedents=_precedents(case, handling, acts),
        hang_up=HangUp.objects.filter(case_id=case.pk, ended_on=None).first()
        if handling.state.step == "hung_up"
        else None,
        exemptions=exemptions,
        parts=list(Part.objects.filter(case_id=case.pk).select_related("proceeding").order_by("pk"))
        if "share" in done
        else [],
        deliberation=[line for line in lines if line.act in DELIBERATING] if done & {"dispute", "convene"} else [],
        acts=acts,
        colleagues=[
            p
            for p in posts.values()
            if p.organisation_id == actor.organisation_id and p.ends is None and p.account.is_active
        ],
        route=next((entry.given["route"] for entry in entries if entry.given.get("route")), None),
    )


def offered(actor: Actor, handling: Handling, case: Case, exemptions: list[Exemption] | None = None) -> list[str]:
    """Codes of the acts this actor may perform at this step, the likeliest first.

    The procedure says what is possible and who may; the rights of the post say what this person does; the commands ask
    both again.
    """
    possible = {
        act.code
        for act in handling.definition.acts_at(handling.state.step)
        if act.code in ORDER and actor.may(f"cases.{act.code}") and handling.involves(actor, *act.who)
    }
    if case.about_id is not None and case.about_id == actor.organisation_id:
        possible -= {"answer", "settle"}
    if handling.state.ruled:
        possible -= {"return", "dispute", "redirect"}
    possible -= _not_now(actor, handling, case, exemptions or [])
    ordered = [code for code in ORDER if code in possible]
    # First speak with the resident, then answer.
    if "answer" in possible and "contact" in possible and case.contacted:
        ordered.remove("answer")
        ordered.insert(0, "answer")
    return ordered


def may_reveal(actor: Actor, handling: Handling, case: Case) -> bool:
    """Whether the page offers to show who reported it; the command decides again and writes the log."""
    if (
        not actor.may("cases.reveal")
        or not handling.state.open
        or (case.reporter_phone is None and case.reporter_name is None)
    ):
        return False
    if case.about_id is not None and case.about_id == actor.organisation_id:
        return False
    return handling.involves(actor, "holder", "desk", "lead", "support")


def clocks(handling: Handling) -> list[ClockShown]:
    """Every time limit of every round, replayed; those that run come first."""
    found = []
    for clock in handling.state.clocks:
        rule = handling.definition.clocks[clock.code]
        explained = engine.explain(clock, calendar_at(clock.calendar))
        found.append(
            ClockShown(
                clock.code,
                rule.name,
                clock.round,
                explained,
                clock.met_at,
                clock.stopped_at,
                clock.paused,
                clock.ticking,
                rule.soon_hours,
            )
        )
    return sorted(
        found, key=lambda c: (not c.current, -c.round, c.explained.due.timestamp() if c.explained.due else float("inf"))
    )


def _posts(actor: Actor, entries: list[Entry]) -> dict[int, Post]:
    """The posts that acted here, and the actor's colleagues to whom work may be handed."""
    acted = {entry.post_id for entry in entries if entry.post_id}
    acted |= {entry.given["post"] for entry in entries if isinstance(entry.given.get("post"), int)}
    return posts_with_names(acted, actor.organisation_id if actor.may("cases.hand") else None)


def _others(actor: Actor, case: Case) -> list[dict[str, Any]]:
    """The other cases of the cluster that this actor may see: number and step, nothing of their reporters."""
    if case.cluster_id is None:
        return []
    rows = visible_to(actor).filter(cluster_id=case.cluster_id).exclude(pk=case.pk).order_by("pk")
    return [dict(row) for row in rows.values("proceeding__number", "proceeding__step")[:OTHERS_MOST]]


def _not_now(actor: Actor, handling: Handling, case: Case, exemptions: list[Exemption]) -> set[str]:
    """Acts that the step allows and the case does not: exemptions by two people, a word of the party that has spoken."""
    asked = next((one for one in exemptions if one.state == Exemption.State.ASKED), None)
    found = {"ask_exemption"} if asked or case.exempted else set()
    if asked is None or asked.asked_account == actor.account_id or city.decides(city.EXEMPTION, case):
        found |= {"grant_exemption", "refuse_exemption"}
    if any(
        o.role == "party" and o.organisation == actor.organisation_id and o.status == "accepted"
        for o in handling.state.offers
    ):
        found |= {"speak"}
    found |= city.not_now(case, handling.state)
    found |= {"mark_difficult"} if case.difficult_since else {"clear_difficult"}
    if handling.state.round < 2 or handling.state.result == "withdrawn" or both_full(case.resolved, case.satisfaction):
        found |= {"look_back"}
    return found


def _precedents(case: Case, handling: Handling, acts: list[str]) -> list[precedents.Quoted]:
    """Earlier rulings on such matters, for whoever dispatches, returns, disputes or rules."""
    if not {"dispatch", "return", "dispute", "speak", "rule", "redirect"} & set(acts):
        return []
    likely = precedents.quoted(case.category, handling.region_code, case.grams, PRECEDENTS_MOST + 1)
    return [one for one in likely if one.case_id != case.pk][:PRECEDENTS_MOST]


def _settlements(case: Case) -> list[Settlement]:
    """What the reporter said after each round, scrubbed."""
    found = objects(Settlement, "WHERE case_id = %s ORDER BY round", [case.pk])
    for one in found:
        one.reason = masks.scrub(one.reason)
    return found


def _line(handling: Handling, entry: Entry, files: list[StoredFile], posts: dict[int, Post]) -> Line:
    act = handling.definition.acts.get(entry.act)
    who = entry.actor_name
    if entry.organisation_id:
        who = f"{who} · {directory().label(entry.organisation_id)}"
    if entry.post_id and (post := posts.get(entry.post_id)):
        who = f"{who} {post.title or _role_names().get(post.role, '')}".rstrip()
    return Line(
        seq=entry.seq,
        act=entry.act,
        title=act.name if act else entry.act,
        who=who,
        when=entry.at,
        text=masks.scrub(entry.note),
        round=entry.round,
        facts=_facts(handling, act, entry.given, posts),
        files=[file for file in files if file.pk in entry.files] if entry.seq > 1 else [],
        public=entry.public,
    )


def _role_names() -> dict[str, str]:
    return dict(roles())


def _facts(handling: Handling, act: Act | None, given: dict[str, Any], posts: dict[int, Post]) -> list[tuple[str, str]]:
    """What was recorded with an act, in words; limits, calendar and route have their own places on the page."""
    shape = handling.definition
    categories = category_map()
    words: list[tuple[str, str]] = []
    choices = shape.lists[act.choices] if act and act.choices else shape.pause_reasons
    if given.get("organisation"):
        words.append((_("单位"), directory().label(given["organisation"])))
    if given.get("supervisor"):
        words.append((_("督办"), directory().label(given["supervisor"])))
    if given.get("post"):
        post = posts.get(given["post"])
        words.append((_("经办人"), post.account.name if post else str(given["post"])))
    for key, label, table in (
        ("ground", _("理由"), shape.grounds),
        ("reason", _("原因"), choices),
        ("result", _("结果"), shape.results),
    ):
        if given.get(key):
            words.append((label, table[given[key]].name if given[key] in table else str(given[key])))
    if given.get("channel") in ContactAttempt.Channel.values and "result" in given:
        words.append((_("方式"), str(ContactAttempt.Channel(given["channel"]).label)))
    if given.get("amount"):
        words.append((_("延长"), str(given["amount"])))
    if given.get("clause"):
        words.append((_("依据"), str(given["clause"])))
    for key, label in (
        ("materials", _("材料")),
        ("promise", _("答应做到")),
        ("until", _("答应的日期")),
        ("same_as", _("原件")),
    ):
        if given.get(key):
            words.append((label, masks.scrub(str(given[key])) if key != "same_as" else str(given[key])))
    if given.get("with_number"):
        words.append((_("与"), str(given["with_number"])))
    if "category" in given:
        before = categories.get(given.get("before", ""), {}).get("name", "—")
        words.append((_("分类"), f"{before} → {categories.get(given['category'], {}).get('name', given['category'])}"))
    if given.get("resolved") is not None and "satisfaction" in given:
        words.append((_("解决"), _("已解决") if given["resolved"] else _("未解决")))
    if given.get("satisfaction"):
        words.append((_("满意"), str(dict(Satisfaction.choices).get(given["satisfaction"], ""))))
    return words
