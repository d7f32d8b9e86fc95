"""The shape of what is typed about who answers for a place."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.people.accounts.models import Post
from linli.people.accounts.queries import roles
from linli.people.answering import queries, rules
from linli.people.organisations.commands.checking import today
from linli.people.organisations.register_forms import compounds_of, day, places_of
from linli.places.addresses.models import Building, Compound
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


class ChargeFilter(forms.Form):
    q = forms.CharField(label=_("小区或干部"), required=False, max_length=40)
    role = forms.ChoiceField(label=_("角色"), required=False)
    place = forms.ChoiceField(label=_("社区"), required=False)
    ended = forms.BooleanField(label=_("含已结束"), required=False)

    def __init__(self, given: Any, actor: Actor) -> None:
        super().__init__(given, label_suffix="")
        _offer(self, "role", [("", _("全部")), *rules.named(queries.policy())])
        _offer(self, "place", [("", _("全部")), *places_of(actor)])

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ChargeForm(forms.Form):
    """Somebody for a place. With a building given, the place is that building."""

    role = forms.ChoiceField(label=_("角色"))
    region_code = forms.ChoiceField(label=_("社区或网格"), required=False)
    compound = forms.ChoiceField(label=_("小区"), required=False)
    unit_name = forms.CharField(
        label=_("单元"), max_length=12, required=False, help_text=_("只管一个单元时写，如：2单元。")
    )
    post = forms.ChoiceField(label=_("工作人员"), required=False)
    name = forms.CharField(
        label=_("姓名"), max_length=40, required=False, help_text=_("不是工作人员的写姓名；密封保存。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("本人电话"), max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"})
    )  # fmt: skip
    basis = forms.CharField(
        label=_("依据"), max_length=120, required=False, help_text=_("如：居民推选、包联分工文件。")
    )
    starts = day(_("从"), help_text=_("空着就是今天。"))

    def __init__(self, data: Any, *, actor: Actor, building: Building | None = None) -> None:
        super().__init__(data, label_suffix="")
        self.building = building
        _offer(self, "role", [("", _("请选择")), *rules.named(queries.policy())])
        _offer(self, "post", [("", "—"), *post_choices(actor)])
        if building is None:
            del self.fields["unit_name"]
            _offer(self, "region_code", [("", "—"), *places_of(actor)])
            _offer(self, "compound", [("", "—"), *compounds_of(actor)])
        else:
            del self.fields["region_code"]
            del self.fields["compound"]

    @property
    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["post"] = Post.objects.get(pk=given["post"]) if given["post"] else None
        if self.building is not None:
            return given | {"building": self.building}
        given["compound"] = Compound.objects.get(pk=given["compound"]) if given["compound"] else None
        return given


class EndForm(forms.Form):
    ends = day(_("最后一天"), help_text=_("空着就是今天。"))
