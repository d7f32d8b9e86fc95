"""The shape of what is typed about who answers for a place."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import day
from linli.people.accounts.models import Post
from linli.people.accounts.queries import roles
from linli.people.answering import queries, rules
from linli.people.answering.models import Charge
from linli.people.organisations.commands.checking import today
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory
from linli.people.organisations.register_forms import compounds_of, places_of
from linli.people.organisations.rules import PARTY
from linli.places.addresses.models import Compound
from linli.places.regions.queries import in_subtrees

POSTS_MOST = 500


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]


def post_choices(actor: Actor) -> list[Any]:
    """Staff of the actor's streets, by organisation."""
    streets = [prefix[:9] for prefix in actor.regions]
    rows = Post.objects.filter(queries.held(today()), account__is_active=True)
    if not actor.everything:
        rows = rows.filter(in_subtrees(streets, "organisation__region_code"))
    rows = rows.exclude(role__in=("system_administrator", "policy_editor", "auditor", "volunteer", "hotline"))
    names = dict(roles())
    groups: dict[str, list[tuple[str, str]]] = {}
    for post in rows.select_related("account", "organisation").order_by("organisation__region_code", "pk")[:POSTS_MOST]:
        words = f"{post.account.name} · {post.title or names.get(post.role, post.role)}"
        groups.setdefault(str(post.organisation), []).append((str(post.pk), words))
    return list(groups.items())


PLACES = [
    ("", _("全部")),
    ("building", _("楼栋")),
    ("compound", _("小区")),
    ("region", _("网格或社区")),
    ("construction", _("工地")),
    ("organisation", _("单位")),
]


def standing_choices(*, every: Any) -> list[Any]:
    return [("", every), *((row["code"], row["name"]) for row in queries.policy()["standings"])]


class ChargeFilter(forms.Form):
    q = forms.CharField(label=_("小区、单位或干部"), required=False, max_length=40)
    role = forms.ChoiceField(label=_("角色"), required=False)
    place = forms.ChoiceField(label=_("社区"), required=False)
    standing = forms.ChoiceField(label=_("身份"), required=False)
    at = forms.ChoiceField(label=_("管什么"), required=False, choices=PLACES)
    since = day(_("从这天起指派的"))
    on = day(_("截至哪天"))
    members = forms.ChoiceField(
        label=_("单位党员"), required=False, choices=[("", _("全部")), ("none", _("没有党员的单位"))]
    )
    ended = forms.BooleanField(label=_("含已结束"), required=False)

    MORE = ("standing", "at", "since", "on", "members", "ended")

    def __init__(self, given: Any, actor: Actor) -> None:
        super().__init__(given, label_suffix="")
        _offer(self, "role", [("", _("全部")), *rules.named(queries.policy())])
        _offer(self, "standing", [*standing_choices(every=_("全部")), ("none", _("没有写身份"))])
        _offer(self, "place", [("", _("全部")), *places_of(actor)])

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class DayFilter(forms.Form):
    on = day(_("截至哪天"))


def lenders(actor: Actor) -> list[Any]:
    """Units that people may come from: what is in the directory, of the actor's streets."""
    streets = tuple(prefix[:9] for prefix in actor.regions) if not actor.everything else ("",)
    kinds = dict(Organisation.Kind.choices)
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in sorted(directory().by_id.values(), key=lambda one: (one.kind, one.region_code, one.id)):
        if one.region_code.startswith(streets) and one.kind not in PARTY:
            groups.setdefault(str(kinds[one.kind]), []).append((str(one.id), one.name))
    return list(groups.items())


class ChargeForm(forms.Form):
    """Somebody for a place or a unit. target: {"building" | "construction" | "serves": row} when it is given already."""

    role = forms.ChoiceField(label=_("角色"))
    region_code = forms.ChoiceField(label=_("社区或网格"), required=False)
    compound = forms.ChoiceField(label=_("小区"), required=False)
    unit_name = forms.CharField(
        label=_("单元"), max_length=12, required=False, help_text=_("只管一个单元时写，如：2单元。")
    )
    standing = forms.ChoiceField(label=_("身份"), required=False)
    post = forms.ChoiceField(label=_("工作人员"), required=False)
    name = forms.CharField(
        label=_("姓名"), max_length=40, required=False, help_text=_("不是工作人员的写姓名；密封保存。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("本人电话"), max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"})
    )  # fmt: skip
    organisation = forms.ChoiceField(
        label=_("所属单位"), required=False, help_text=_("由哪个单位派来；工作人员可以不选。")
    )
    basis = forms.CharField(
        label=_("依据"), max_length=120, required=False, help_text=_("如：居民推选、包联分工文件。")
    )
    starts = day(_("从"), help_text=_("空着就是今天。"))
    ends = day(_("任期到"), help_text=_("没有定任期就空着。"))

    def __init__(self, data: Any, *, actor: Actor, target: Mapping[str, Any], initial: Any = None) -> None:
        super().__init__(data, label_suffix="", initial=initial)
        self.target, data = target, queries.policy()
        at = next(iter(target), "")
        if at != "building":
            del self.fields["unit_name"]
        if target:
            del self.fields["region_code"]
            del self.fields["compound"]
        else:
            _offer(self, "region_code", [("", "—"), *places_of(actor)])
            _offer(self, "compound", [("", "—"), *compounds_of(actor)])
        offered = rules.offered(data, at, target["serves"].kind if at == "serves" else "")
        _offer(self, "role", [("", _("请选择")), *offered])
        if len(offered) == 1:
            self.fields["role"].initial = offered[0][0]
        _offer(self, "standing", standing_choices(every="—"))
        _offer(self, "post", [("", "—"), *post_choices(actor)])
        _offer(self, "organisation", [("", "—"), *lenders(actor)])

    @property
    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data) | dict(self.target)
        for name, model in (("post", Post), ("compound", Compound), ("organisation", Organisation)):
            if name in given:
                given[name] = model.objects.get(pk=given[name]) if given[name] else None
        return given


class EndForm(forms.Form):
    ends = day(_("最后一天"), help_text=_("空着就是今天。"))


class CallForm(forms.Form):
    """At which homes somebody was."""

    dwellings = forms.MultipleChoiceField(label=_("去了哪几户"), widget=forms.CheckboxSelectMultiple)
    on = day(_("入户日期"), help_text=_("空着就是今天。"))

    MOST = 400

    def __init__(self, data: Any, *, row: Charge) -> None:
        super().__init__(data, label_suffix="")
        homes = queries.homes_of(row).select_related("building")
        groups: dict[str, list[tuple[str, str]]] = {}
        for home in homes.order_by("building__order", "building_id", "unit_name", "floor", "room_name")[: self.MOST]:
            unit = f"{home.building.name}{queries.unit_words(home.unit_name)}"
            groups.setdefault(unit, []).append((str(home.pk), home.room_name))
        _offer(self, "dwellings", list(groups.items()))
