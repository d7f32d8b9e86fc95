"""The acts that the page of a party organisation offers: form, command, and for which kind of organisation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.people.organisations.models import Organisation
from linli.people.party import commands, forms, queries, rules
from linli.people.party.commands import Into
from linli.people.party.commands.common import form_of, today

FOUNDING: dict[str, Callable[..., Organisation]] = {
    "found": commands.found,
    "join_units": commands.join_units,
    "found_provisional": commands.found_provisional,
    "found_alliance": commands.found_alliance,
    "enter": commands.enter,
}


@dataclass(frozen=True, slots=True)
class Act:
    """One act. form(data, actor, row, source) -> the form; perform(actor, row, form) -> what the command returns."""

    code: str
    label: Any
    right: str
    form: Callable[[Any, Actor, Organisation, int | None], Any]
    perform: Callable[[Actor, Organisation, Any], Any]
    lead: Any = ""
    # Whether what it would do is shown before it is done.
    previewed: bool = True


def _rename(actor: Actor, row: Organisation, form: Any) -> Any:
    return commands.rename(actor, row, **form.cleaned_data)


def _merge(actor: Actor, row: Organisation, form: Any) -> Any:
    given = form.cleaned_data
    into = Into(given["name"], (), organisation=row.pk)
    return commands.merge(
        actor,
        [row, *form.several("others")],
        into=into,
        on=given["on"],
        basis=given["basis"],
        exception=given["exception"],
    )


def _regroup(actor: Actor, row: Organisation, form: Any) -> Any:
    given = form.cleaned_data
    other = Organisation.objects.filter(pk=form.source or 0).first()
    if other is None:
        raise Refused(str(_("请先选另一个支部。")))
    day = given["on"] or today()
    second = forms.picked(given["cards"])
    everybody = [*queries.members_of(row.pk, day), *queries.members_of(other.pk, day)]
    into = [
        Into(given["name"], tuple(card for card in everybody if card not in second), organisation=row.pk),
        Into(given["other_name"], tuple(second), organisation=other.pk),
    ]
    return commands.regroup(
        actor, [row, other], into=into, on=given["on"], basis=given["basis"], exception=given["exception"]
    )


def _named(form: Any) -> Callable[[Any, Actor, Organisation, int | None], Any]:
    return lambda data, actor, row, source: form(data, actor=actor, row=row, source=source, initial={"name": row.name})


def _plain(form: Any) -> Callable[[Any, Actor, Organisation, int | None], Any]:
    return lambda data, actor, row, source: form(data, label_suffix="")


ACTS = (
    Act("rename", _("更名"), "party.act", _named(forms.RenameForm), _rename, _("以前的日子仍按原来的名称查到。")),
    Act("move", _("调整隶属"), "party.act", _named(forms.MoveForm), lambda a, r, f: commands.move(a, r, **f.values)),
    Act(
        "split",
        _("拆分"),
        "party.act",
        _named(forms.SplitForm),
        lambda a, r, f: commands.split(a, r, **f.values),
        _("每名党员都要编到变动后的一个支部，各支部正式党员不少于规定。"),
    ),
    Act("merge", _("合并"), "party.act", _named(forms.MergeForm), _merge, _("并入的支部撤销，党员和下级都转到这里。")),
    Act(
        "regroup", _("拆分重组"), "party.act", _named(forms.RegroupForm), _regroup, _("两个支部的党员放在一起重新编。")
    ),
    Act(
        "cover",
        _("增加覆盖"),
        "party.act",
        _named(forms.CoverForm),
        lambda a, r, f: commands.cover_more(a, r, **f.values),
        previewed=False,
    ),
    Act(
        "describe",
        _("登记领域和示范点"),
        "party.act",
        lambda data, actor, row, source: forms.DescribeForm(data, label_suffix="", initial=queries.described(row)),
        lambda a, r, f: commands.describe(a, r, **f.cleaned_data),
        previewed=False,
    ),
    Act(
        "begin_term",
        _("登记本届"),
        "party.elect",
        _plain(forms.BeginTermForm),
        lambda a, r, f: commands.begin_term(a, r, **f.cleaned_data),
        _("届满日按届期的规定算出。"),
        previewed=False,
    ),
    Act(
        "elect",
        _("登记换届"),
        "party.elect",
        _plain(forms.ElectForm),
        lambda a, r, f: commands.elect(a, r, **f.cleaned_data),
        previewed=False,
    ),
    Act(
        "postpone",
        _("延期换届"),
        "party.elect",
        _plain(forms.PostponeForm),
        lambda a, r, f: commands.postpone(a, r, **f.cleaned_data),
        _("延期要经上级批准，一届一次。"),
        previewed=False,
    ),
    Act(
        "dissolve",
        _("撤销"),
        "party.act",
        _named(forms.DissolveForm),
        lambda a, r, f: commands.dissolve(a, r, **f.values),
        _("党员编到别的支部；名称和历史都留着。"),
    ),
)


def offered(actor: Actor, row: Organisation) -> list[Act]:
    """What this person may do with this organisation now."""
    form, branch = form_of(row), row.kind in rules.BRANCHES
    passing = form in rules.PASSING
    skipped: set[str] = set()
    if not branch or passing or not actor.may("party.cards"):
        skipped |= {"split", "merge", "regroup"}
    if passing or row.kind == Organisation.Kind.PARTY_GROUP:
        skipped |= {"begin_term", "elect", "postpone"}
    running = row.terms.filter(held_on=None).first()
    skipped |= {"begin_term"} if running else {"elect", "postpone"}
    if running and running.postponed_to:
        skipped.add("postpone")
    if row.kind in rules.ABOVE and not passing:
        skipped.add("cover")
    return [act for act in ACTS if act.code not in skipped and actor.may(act.right)]


def survey_form(data: Any) -> Any:
    return forms.SurveyForm(data, label_suffix="")


def surveyed(actor: Actor, unit: Organisation, form: Any) -> None:
    commands.survey_unit(actor, unit, **form.cleaned_data)
