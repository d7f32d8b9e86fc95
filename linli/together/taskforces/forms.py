"""The shape of input for task forces."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.ui.inputs import FilterBar, day, offer
from linli.people.accounts.queries import roles
from linli.together.taskforces import queries
from linli.together.taskforces.commands import today
from linli.together.taskforces.models import Member, TaskForce


def post_choices(street: str) -> list[Any]:
    """People of the street by organisation, as groups of choices."""
    names = dict(roles())
    groups: dict[str, list[tuple[int, str]]] = {}
    for post in queries.lendable(street, today()):
        words = f"{post.account.name} · {post.title or names.get(post.role, post.role)}"
        groups.setdefault(str(post.organisation), []).append((post.pk, words))
    return [("", _("请选择")), *groups.items()]


def post_field(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, choices=[], error_messages={"required": _("请选人。")})


class FoundForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60, error_messages={"required": _("请写专班的名称。")})
    purpose = forms.CharField(
        label=_("要做什么"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写专班要做什么。")},
    )  # fmt: skip
    lead = post_field(_("组长"))
    starts = day(_("从哪天起"))

    def __init__(self, data: Any = None, *, street: str) -> None:
        super().__init__(data, label_suffix="")
        offer(self, "lead", post_choices(street))


class EnlistForm(forms.Form):
    post = post_field(_("抽调谁"))
    role = forms.ChoiceField(label=_("角色"), choices=Member.Role.choices, initial=Member.Role.MEMBER)
    starts = day(_("从哪天"))
    ends = day(_("到哪天"))

    def __init__(self, data: Any = None, *, street: str) -> None:
        super().__init__(data, label_suffix="", auto_id="id_enlist_%s")
        offer(self, "post", post_choices(street))


class CarryForm(forms.Form):
    number = forms.CharField(
        label=_("诉求编号"), max_length=40, help_text=_("疑难清单里还没有专班的可以直接选。"),
        error_messages={"required": _("请写诉求编号。")}, widget=forms.TextInput(attrs={"list": "difficult-cases", "autocomplete": "off"}),
    )  # fmt: skip
    starts = day(_("从哪天"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="id_carry_%s")


class ForceFilter(FilterBar):
    q = forms.CharField(label=_("搜索"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("在岗的")), ("all", _("连同已撤销的"))])
    since = day(_("解决数从"))
    until = day(_("到"))


class SolvedFilter(ForceFilter):
    force = forms.TypedChoiceField(label=_("专班"), required=False, coerce=int, empty_value=None)
    field_order = ("q", "force", "since", "until")

    def __init__(self, data: Any, *, forces: list[TaskForce]) -> None:
        super().__init__(data)
        del self.fields["state"]
        self.fields["since"].label, self.fields["until"].label = _("回访日从"), _("到")
        offer(self, "force", [("", _("全部")), *((one.pk, one.name) for one in forces)])
