"""What residents type about their own information."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.privacy.models import RightsRequest
from linli.doors.portal.forms import Line, Words
from linli.matters.cases import rules


class PhoneForm(forms.Form):
    phone = Line(
        label=_("手机号"),
        most=40,
        required=True,
        help_text=_("登记在社区、或者反映问题时留下的号码"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "data-private": True}),
        error_messages={"required": _("请输入手机号。")},
    )

    def clean_phone(self) -> str:
        digits = rules.clean_phone(self.cleaned_data["phone"])
        if problem := rules.problem_of_phone(digits):
            raise forms.ValidationError(problem)
        return digits


class CodeForm(forms.Form):
    code = Line(
        label=_("验证码"),
        most=12,
        required=True,
        help_text=_("短信里的 6 位数字"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "data-private": True}),
        error_messages={"required": _("请输入验证码。")},
    )


class AskForm(forms.Form):
    """A request about one of the records of this session."""

    kind = forms.ChoiceField(
        label=_("要求什么"),
        choices=RightsRequest.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选要求什么。"), "invalid_choice": _("请选要求什么。")},
    )
    record = forms.ChoiceField(label=_("关于哪一条"), error_messages={"required": _("请选关于哪一条。")})
    words = Words(
        label=_("请写清楚"), rows=4, most=500, help_text=_("比如：电话已经换了，请改成新号码，方便时来核实。")
    )

    def __init__(self, data: Any = None, *, records: list[tuple[str, str]], **more: Any):
        super().__init__(data, **more)
        self.fields["record"].choices = records  # type: ignore[attr-defined]

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not words.strip():
            raise forms.ValidationError(_("请写清楚要求什么。"))
        if len(words) > 500:
            raise forms.ValidationError(_("最多写 500 个字，现在有 %(now)d 个。") % {"now": len(words)})
        return words
