"""What residents type. Every rule is asked here too, so that all mistakes are told at once and not one by one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.commands import Refused
from linli.doors.portal import labels
from linli.matters.cases import placing, rules
from linli.matters.cases.models import Satisfaction

PLACE_FIELDS = {
    "region_code": "place",
    "compound_id": "place",
    "building_id": "place",
    "longitude": "place",
    "latitude": "place",
}


class Words(forms.CharField):
    """Free text: control characters are dropped, every other character is kept as it was typed."""

    def __init__(self, *, rows: int = 4, most: int = rules.TEXT_MOST, **more: Any):
        self.most = most
        attrs = {"rows": rows, "maxlength": most, **more.pop("attrs", {})}
        super().__init__(required=False, widget=forms.Textarea(attrs=attrs), **more)

    def to_python(self, value: Any) -> str:
        return rules.clean_text(super().to_python(value) or "")


class Line(forms.CharField):
    """One line of text, cut of control characters; too long is told, never cut in silence."""

    def __init__(self, *, most: int, **more: Any):
        super().__init__(required=more.pop("required", False), **more)
        self.most = most

    def to_python(self, value: Any) -> str:
        return " ".join(rules.clean_text(super().to_python(value) or "").split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(
                _("最多 %(most)d 个字，现在有 %(now)d 个。") % {"most": self.most, "now": len(value)}
            )


class Degrees(forms.FloatField):
    """A coordinate from the map; what is no number is told as a wrong place."""

    default_error_messages = {"invalid": _("地图上的位置没有读出来，请重新点一下。")}


class QuestionForm(forms.Form):
    """The first screen: one question."""

    text = Words(label=_("您遇到了什么问题？"), rows=5)

    def clean_text(self) -> str:
        return _asked(self.cleaned_data["text"])


class ReportForm(forms.Form):
    """What is wrong, where, and how to reach the reporter. Photos are taken in beside it (photos.py)."""

    text = Words(label=_("您遇到了什么问题？"), rows=5)
    place_q = Line(
        label=_("小区、楼院或社区的名字"),
        most=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "search"}),
    )
    place = Line(label=_("在哪里"), most=40)
    building = Line(label=_("哪栋楼"), most=20)
    longitude = Degrees(label=_("经度"), required=False)
    latitude = Degrees(label=_("纬度"), required=False)
    region_code = Line(label=_("所在的街道、社区"), most=24)
    place_text = Line(
        label=_("具体位置"),
        most=200,
        help_text=_("比如：3 号楼 2 单元门口、南门外公交站旁"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = forms.ChoiceField(
        label=_("怎样联系您"),
        choices=[("phone", _("留下电话，方便联系")), ("anonymous", _("不留联系方式（匿名）"))],
        widget=forms.RadioSelect,
        initial="phone",
        error_messages={"required": _("请选择留电话还是匿名。"), "invalid_choice": _("请选择留电话还是匿名。")},
    )
    phone = Line(
        label=_("联系电话"),
        most=40,
        help_text=_("手机 11 位；座机带区号，如 010-61234567"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "data-private": True}),
    )
    name = Line(
        label=_("怎么称呼您"),
        most=40,
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-private": True}),
    )

    # The code on a wall that opened the form.
    at = Line(label=_("扫码的地方"), most=20, widget=forms.HiddenInput())

    place_name = ""

    def clean_text(self) -> str:
        return _asked(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("contact") == "phone":
            digits = rules.clean_phone(cleaned.get("phone", ""))
            if not digits and "phone" not in self.errors:
                self.add_error("phone", _("请填联系电话；不想留电话，请选匿名。"))
            elif digits and (problem := rules.problem_of_phone(digits)):
                self.add_error("phone", problem)
        for field in ("longitude", "latitude"):
            if field in self.errors:
                self.add_error("place", self.errors.pop(field))
        self.where = self._where(cleaned)
        # The command looks for the place itself; here only so that all mistakes are told at once, or for its name.
        if "place" not in self.errors and (self.errors or cleaned.get("place_text")):
            self._check_place()
        return cleaned

    def _check_place(self) -> None:
        try:
            self.place_name = placing.place(**self.where).text
        except Refused as refused:
            self.add_error(PLACE_FIELDS.get(refused.field or "", "place"), refused.message)

    def _where(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What was chosen: compound and building, a point on the map, a region. What makes no sense finds nothing."""
        kind, _colon, key = cleaned.get("place", "").partition(":")
        return {
            "compound_id": _id(key) or 0 if kind == "c" else None,
            "building_id": _id(cleaned.get("building", "")) if kind == "c" else None,
            "region_code": key if kind == "r" else cleaned.get("region_code", ""),
            "longitude": cleaned.get("longitude"),
            "latitude": cleaned.get("latitude"),
        }

    def facts(self) -> dict[str, Any]:
        """The arguments of `cases.file`, without the photos."""
        cleaned = self.cleaned_data
        anonymous = cleaned["contact"] == "anonymous"
        return {
            "text": cleaned["text"],
            "channel": "web",
            **self.where,
            "thing_id": labels.thing(cleaned["at"]) if not cleaned["place"] else None,
            "place_text": self._place_text(),
            "name": "" if anonymous else cleaned["name"],
            "phone": "" if anonymous else cleaned["phone"],
            "anonymous": anonymous,
        }

    def _place_text(self) -> str:
        """The compound's name before the words for the spot, since the command keeps one line."""
        more: str = self.cleaned_data["place_text"]
        if not more or not self.place_name or more.startswith(self.place_name):
            return more
        return f"{self.place_name} {more}"[:200]


class TrackForm(forms.Form):
    number = Line(
        label=_("编号"),
        most=60,
        required=True,
        help_text=_("回执上的一串数字，如 11010600-2026-000123"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
        error_messages={"required": _("请输入编号。")},
    )
    code = Line(
        label=_("查询码"),
        most=60,
        required=True,
        help_text=_("12 个字母和数字；大小写、空格、横线都不要紧"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "data-private": True}
        ),
        error_messages={"required": _("请输入查询码。")},
    )


class SupplementForm(forms.Form):
    note = Words(label=_("补充什么"), rows=4)

    def clean_note(self) -> str:
        return _asked(self.cleaned_data["note"])


class ConfirmForm(forms.Form):
    """The reporter's answer to the call-back. Nothing is chosen beforehand, except another round for the unhappy."""

    resolved = forms.ChoiceField(
        label=_("问题解决了吗？"),
        choices=[("yes", _("解决了")), ("no", _("没有解决"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请回答问题解决了没有。"), "invalid_choice": _("请回答问题解决了没有。")},
    )
    satisfaction = forms.ChoiceField(
        label=_("对办理的态度和结果满意吗？"),
        choices=list(Satisfaction.choices),
        widget=forms.RadioSelect,
        error_messages={"required": _("请回答是否满意。"), "invalid_choice": _("请回答是否满意。")},
    )
    reason = Words(label=_("哪里没有办好？"), rows=3, most=500, help_text=_("没解决或不满意时请写一句，方便重新办理。"))
    again = forms.ChoiceField(
        label=_("要不要重新办理？"),
        choices=[("yes", _("要，请重新办理")), ("no", _("不用了"))],
        widget=forms.RadioSelect,
        initial="yes",
        required=False,
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) > 500:
            raise forms.ValidationError(_("最多写 500 个字，现在有 %(now)d 个。") % {"now": len(reason)})
        return reason

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"resolved", "satisfaction"} <= cleaned.keys():
            unhappy = rules.unhappy(cleaned["resolved"] == "yes", cleaned["satisfaction"])
            if unhappy and not cleaned.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("请写一句哪里没有办好，方便重新办理。"))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The arguments of `cases.confirm`."""
        cleaned = self.cleaned_data
        return {
            "resolved": cleaned["resolved"] == "yes",
            "satisfaction": cleaned["satisfaction"],
            "reason": cleaned["reason"],
            "again": cleaned.get("again") != "no",
        }


class WithdrawForm(forms.Form):
    note = Words(label=_("为什么撤回"), rows=3, most=500)


def _asked(text: str) -> str:
    if problem := rules.problem_of_text(text):
        raise forms.ValidationError(problem)
    return text


def _id(text: str) -> int | None:
    """The id in a field that the browser filled in; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
