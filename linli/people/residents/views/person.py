"""One person: what is known, masked; how it came to be known; opening some of it for a purpose."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.people.residents import commands, queries, rules, tasks
from linli.people.residents.forms import ContactForm, EndCareForm, UrgentForm, words_of
from linli.people.residents.models import CareNeed, Person, PersonFact
from linli.people.residents.policy import care, register_policy
from linli.people.residents.views.common import FORM, person_of, private
from linli.places.addresses.queries import place_names

# Words for the fields of a fact.
WORDS = {
    "name": "姓名", "sex": "性别", "birth_year": "出生年份", "birth_date": "出生日期", "phone": "手机号", "identity": "身份证号",
    "statutory_basis": "收身份证号的依据", "home": "住处", "kind": "居住关系", "state": "状态", "household": "户", "care": "需关照",
    "contact": "联系人", "contact_name": "联系人姓名", "contact_phone": "联系人电话",
}  # fmt: skip
TONES = {"death": "warn", "not_taken": "warn", "move_out": "warn", "register": "good"}
ICONS = {
    "register": "plus", "correct": "edit", "move_in": "login", "move_out": "logout", "move_house": "home", "merge": "git-branch",
    "separate": "git-branch", "care": "heart-handshake", "review": "user-check", "visit": "user-check", "contact": "phone",
}  # fmt: skip


@page("residents.view")
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is known of somebody, masked."""
    row = person_of(request, pk)
    if row.merged_into_id is not None:
        return redirect("residents:person", row.merged_into_id)
    return person_page(request, row)


def person_page(request: HttpRequest, row: Person, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one person, also again after a form on it was refused."""
    actor = actor_of(request)
    keeps = rules.may_reach(actor.regions, row.region_code, actor.everything)
    here = row.state in queries.HERE
    around = queries.around(actor, row)
    task = tasks.with_person(actor, row, around.needs) if actor.may("residents.reveal") else None
    context = {
        "person": row,
        "age": rules.age(row.birth_year, queries.today()),
        "place": place_names({row.region_code})(row.region_code),
        "basis": next(
            (one["name"] for one in register_policy().get("identity_bases", []) if one["code"] == row.statutory_basis),
            "",
        ),
        "needs": _needs(around.needs),
        "verified": verified(row),
        "told": _sources(around.history),
        "around": around,
        "history": [_told(fact) for fact in around.history],
        "task": task,
        "purposes": [(name, commands.PURPOSES[name]) for name in commands.purposes_of(task)],
        "may": {
            name: keeps and here and actor.may(f"residents.{name}")
            for name in ("correct", "move_house", "move_out", "move_in", "note_death", "care", "merge")
        },
        "back_in": keeps and row.state == Person.State.GONE and actor.may("residents.move_in"),
        "undo_death": keeps and row.state == Person.State.DEAD and actor.may("residents.note_death"),
        "urgent": keeps and row.state != Person.State.DEAD and actor.may("residents.reveal"),
        "contact_form": ContactForm(),
        "end_form": EndCareForm(),
        **more,
    }
    return private(render(request, "residents/person.html", context, status=status))


def verified(row: Person) -> dict[str, Any]:
    """How old what is known of somebody is: the day, in words, and whether it is overdue by the policy of the register."""
    days, most = (queries.today() - row.verified_on).days, int(register_policy()["stale_days"])
    ago = _("今天") if not days else _("%(days)s 天前") % {"days": days}
    stale = days > most and row.state in queries.HERE
    return {
        "day": row.verified_on,
        "ago": ago,
        "stale": _("超过 %(days)s 天没有核实") % {"days": most} if stale else "",
    }


def _sources(history: list[PersonFact]) -> dict[str, str]:
    """field -> who said so last, on which day and who took it down."""
    found: dict[str, str] = {}
    for fact in history:
        if fact.act != PersonFact.Act.NOT_TAKEN:
            words = f"{fact.get_source_display()} · {fact.as_of:%Y-%m-%d} · {fact.verifier}"
            found = {**dict.fromkeys(fact.fields, words), **found}
    return found


def _needs(needs: list[CareNeed]) -> list[dict[str, Any]]:
    today, policy = queries.today(), care()
    return [
        {
            "need": need,
            "word": word,
            "hidden": str(need.group) == rules.HIDDEN_GROUP,
            "purpose": policy.purposes.get(need.purpose, ""),
            "over": need.review_on <= today,
        }
        for need, word in words_of(needs)
    ]


def _told(fact: PersonFact) -> dict[str, Any]:
    """One entry of the history, in words."""
    before = queries.before_of(fact)
    said = _("%(what)s说是 %(value)s") if fact.act == PersonFact.Act.NOT_TAKEN else _("%(what)s原为 %(value)s")
    pieces = [
        said % {"what": WORDS.get(name, name), "value": _word(name, value) or _("空")} for name, value in before.items()
    ]
    if not pieces and fact.fields:
        pieces = ["、".join(WORDS.get(name, name) for name in fact.fields)]
    source = _("来源：%(source)s；%(day)s 核实") % {"source": fact.get_source_display(), "day": fact.as_of}
    reason = fact.get_reason_display() if fact.reason else ""
    return {
        "title": fact.get_act_display(),
        "when": fact.at,
        "who": fact.verifier,
        "text": "；".join(pieces),
        "extra": "；".join(part for part in (reason, source) if part),
        "tone": TONES.get(fact.act, ""),
        "icon": ICONS.get(fact.act, "point"),
    }


def _word(name: str, value: str) -> str:
    choices = {"sex": Person.Sex, "kind": Person.Kind, "state": Person.State}
    if name in choices and value in choices[name].values:
        return str(choices[name](value).label)
    return "" if name == "birth_year" and value == "0" else value


@page("residents.reveal")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Some of what is sealed, once, for a purpose tied to open work; the read-log row is written first."""
    row, told, problem, status = person_of(request, pk), None, "", 200
    wanted = [one for one in request.POST.get("fields", "").split(",") if one]
    try:
        told = commands.reveal(actor_of(request), row, fields=wanted, purpose=request.POST.get("purpose", ""))
    except Refused as refused:
        problem, status = refused.message, refused.status
    context = {
        "person": row,
        "words": " ".join(part for part in told.values() if part) or _("没有登记") if told is not None else "",
        "told": told is not None,
        "problem": problem,
        "back": reverse("residents:person", args=[pk]),
    }
    return private(render(request, "residents/revealed.html", context, status=status))


@page("residents.reveal")
@require_http_methods(FORM)
def urgent(request: HttpRequest, pk: int) -> HttpResponse:
    """Opening in an emergency: what happened is written down, and the person can read it."""
    row, form, told = person_of(request, pk), UrgentForm(request.POST or None), None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                told = commands.reveal(
                    actor_of(request), row, fields=said["fields_wanted"], purpose="urgent", note=said["note"]
                )
                status = 200
            except Refused as refused:
                form.add_error("note" if refused.field == "note" else None, refused.message)
    context = {"person": row, "form": form, "told": told, "back": reverse("residents:person", args=[pk])}
    return private(render(request, "residents/urgent.html", context, status=status))
