"""The shape of input for the pages of this room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.privacy.models import Authority, Export, RetentionItem, RightsRequest
from linli.base.privacy.rules import CLASSES
from linli.base.ui.inputs import DayField


class _Bar(forms.Form):
    """Filters: what is not understood narrows nothing."""

    def __init__(self, data: Any = None, **more: Any):
        super().__init__(data, **more)
        self.is_valid()

    @property
    def chosen(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class FieldFilter(_Bar):
    q = forms.CharField(label=_("字段或用途"), required=False, max_length=60)
    room = forms.ChoiceField(label=_("在哪里"), required=False)
    sort_of = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *CLASSES.items()])

    def __init__(self, data: Any = None, *, rooms: list[tuple[str, str]], **more: Any):
        super().__init__(data, **more)
        self.fields["room"].choices = [("", _("全部")), *rooms]  # type: ignore[attr-defined]
        self.full_clean()


class RequestFilter(_Bar):
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("open", _("待答复")), ("over", _("已超期")), ("done", _("已答复"))],
    )
    kind = forms.ChoiceField(label=_("请求"), required=False, choices=[("", _("全部")), *RightsRequest.Kind.choices])


class ExportFilter(_Bar):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Export.State.choices])


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("结果"), choices=RightsRequest.Outcome.choices, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("答复"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("本人在“我的信息”里看到这段话。不能照办的，写明依据。"),
    )


class AuthorityForm(forms.Form):
    subject_id = forms.IntegerField(label=_("居民编号"), min_value=1, help_text=_("居民档案页上的编号"))
    relation = forms.ChoiceField(label=_("代办人是本人的"), choices=Authority.Relation.choices)
    name = forms.CharField(label=_("代办人姓名"), max_length=40)
    phone = forms.CharField(label=_("代办人电话"), max_length=20, help_text=_("验证码发到这个号码"))
    basis = forms.CharField(label=_("看到的依据"), max_length=200, help_text=_("如：委托书原件、户口簿、法院文书"))
    starts = DayField(label=_("开始"))
    ends = DayField(label=_("截止"))


class HoldForm(forms.Form):
    """kinds: what rooms hold, by its label."""

    subject_kind = forms.ChoiceField(label=_("对象类别"))
    subject_id = forms.IntegerField(label=_("编号"), min_value=1, help_text=_("记录页上的编号，或清单里的编号"))
    basis = forms.CharField(label=_("依据"), max_length=200, help_text=_("如：案号、来函文号；不写当事人姓名"))
    review_on = DayField(label=_("复核日期"), help_text=_("一年以内；到期再看要不要继续"))

    def __init__(self, data: Any = None, *, kinds: list[tuple[str, str]], **more: Any):
        super().__init__(data, **more)
        self.fields["subject_kind"].choices = kinds  # type: ignore[attr-defined]


class ItemFilter(_Bar):
    """What of a run is shown; kinds, rules: as they stand in its report."""

    kind = forms.ChoiceField(label=_("类别"), required=False)
    rule = forms.ChoiceField(label=_("原因"), required=False)
    result = forms.ChoiceField(label=_("结果"), required=False)

    def __init__(self, data: Any = None, *, kinds: dict[str, str], rules: dict[str, str], **more: Any):
        super().__init__(data, **more)
        results = [("waiting", RetentionItem.Result.WAITING.label)]
        results += [(value, label) for value, label in RetentionItem.Result.choices if value]
        for name, choices in (("kind", kinds.items()), ("rule", rules.items()), ("result", results)):
            self.fields[name].choices = [("", _("全部")), *choices]  # type: ignore[attr-defined]
        self.full_clean()


class DecideForm(forms.Form):
    reason = forms.CharField(label=_("意见"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(label=_("用途"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, purposes: dict[str, str], **more: Any):
        super().__init__(data, **more)
        self.fields["purpose"].choices = list(purposes.items())  # type: ignore[attr-defined]
