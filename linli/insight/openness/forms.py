"""The shape of what is typed about releases and examples."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.ui.inputs import DayField
from linli.insight.openness.models import Example


class ReleaseForm(forms.Form):
    note = forms.CharField(
        label=_("给居民的说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("为什么撤下"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明原因。")},
    )  # fmt: skip


class ExampleForm(forms.Form):
    number = forms.CharField(label=_("诉求编号"), max_length=40)
    title = forms.CharField(label=_("标题"), max_length=60)
    raised = forms.CharField(
        label=_("反映了什么"), max_length=800, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("用自己的话写，不要抄原文；不写姓名、电话和门牌。"),
    )  # fmt: skip
    done = forms.CharField(label=_("怎么解决的"), max_length=800, widget=forms.Textarea(attrs={"rows": 3}))
    consent = forms.ChoiceField(
        label=_("诉求人怎样同意公开的"), choices=Example.Consent.choices, widget=forms.RadioSelect,
        error_messages={"required": _("请选诉求人怎样同意的。没有同意不能公开。")},
    )  # fmt: skip
    consented_on = DayField(
        label=_("同意日期"),
        help_text=_("网页上同意的，以网页上的日期为准。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, label_suffix="", initial=initial)


class ReleaseFilter(forms.Form):
    q = forms.CharField(required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("状态"), required=False,
        choices=[("", _("全部")), ("open", _("未公开")), ("told", _("已公开")), ("withdrawn", _("已撤下"))],
    )  # fmt: skip


class ExampleFilter(forms.Form):
    q = forms.CharField(required=False, max_length=60)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Example.State.choices])
