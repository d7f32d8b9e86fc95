"""The shape of input for dispatch meetings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.ui.inputs import FilterBar, day, offer
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory
from linli.together.meetings.commands import ACTS

ACT_NAMES = {
    "instruct": _("写进办理记录，照办"),
    "remind": _("催办"),
    "supervise": _("督办"),
    "dispatch": _("派给责任单位主办"),
    "mark_difficult": _("列为疑难"),
}
REASON_NAMES = {"overdue": _("超期"), "repeated": _("重复"), "difficult": _("疑难")}


class PrepareForm(forms.Form):
    held_on = day(_("哪一天"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        self.fields["held_on"].help_text = _("不填就是今天。")


class DecideForm(forms.Form):
    case = forms.TypedChoiceField(
        label=_("哪一件"), coerce=int, choices=[], error_messages={"required": _("请选诉求。")}
    )
    act = forms.ChoiceField(label=_("怎么办"), choices=[(code, ACT_NAMES[code]) for code in ACTS])
    text = forms.CharField(
        label=_("决定"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明决定怎么办。")},
    )  # fmt: skip
    owner = forms.TypedChoiceField(
        label=_("责任单位"), coerce=int, choices=[], error_messages={"required": _("请选责任单位。")}
    )
    due_on = day(_("期限"))

    def __init__(self, data: Any = None, *, cases: list[tuple[int, str]], street: str) -> None:
        super().__init__(data, label_suffix="", auto_id="id_decide_%s")
        kinds = Organisation.Kind
        units = directory().within(
            street, kinds.COMMUNITY, kinds.DEPARTMENT, kinds.SUB_DISTRICT_OFFICE, kinds.PROPERTY_FIRM
        )
        offer(self, "case", [("", _("请选择")), *cases])
        offer(self, "owner", [("", _("请选择")), *((one.id, one.label) for one in units)])


class CloseForm(forms.Form):
    chair = forms.CharField(label=_("主持人"), required=False, max_length=80)
    note = forms.CharField(
        label=_("会议记要"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="id_close_%s")


class MeetingFilter(FilterBar):
    q = forms.CharField(label=_("搜索"), required=False, max_length=60)
    since = day(_("从"))
    until = day(_("到"))
    post = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=10**15)
    attended = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)


class PresenceFilter(MeetingFilter):
    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for name in ("q", "post", "attended"):
            del self.fields[name]


class DecisionFilter(FilterBar):
    q = forms.CharField(label=_("搜索"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("没完成的")), ("over", _("过期没完成的")), ("done", _("已完成的")), ("all", _("全部"))],
    )
    owner = forms.TypedChoiceField(label=_("责任单位"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, street: str) -> None:
        super().__init__(data)
        units = directory().within(street) if street else []
        offer(self, "owner", [("", _("全部")), *((one.id, one.label) for one in units)])
