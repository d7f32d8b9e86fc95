"""The two questions of a sheet: which file, and which column is what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.doors.intake.sheet.mapping import FIELDS, SOURCE_MOST
from linli.matters.cases.models import Case

# Words that columns of real sheets have for our fields; the first that fits is proposed.
GUESSES = {
    "number": ("编号", "工单编号", "工单号", "序号", "诉求编号", "id", "case_enquiry_id"),
    "text": ("诉求内容", "内容", "问题描述", "反映内容", "来信内容", "留言详情", "text"),
    "title": ("标题", "主题", "留言主题", "诉求标题", "title", "case_title"),
    "kind": ("类型", "诉求类型", "工单类型"),
    "category": ("分类代码",),
    "filed_at": ("登记时间", "受理时间", "来电时间", "留言时间", "日期", "date", "open_dt"),
    "region_code": ("区划代码", "社区代码", "网格编码"),
    "place_text": ("地点", "地址", "事发地点", "详细地址"),
    "longitude": ("经度", "lon", "lng", "longitude"),
    "latitude": ("纬度", "lat", "latitude"),
    "name": ("姓名", "诉求人", "来电人", "联系人"),
    "phone": ("电话", "联系电话", "手机", "来电号码"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("表格"),
        help_text=_("CSV 或 Excel，第一行是列名，最大 40 MB。"),
        error_messages={"required": _("请选一张表。")},
    )


class MappingForm(forms.Form):
    """Which column is which field; two columns can make up the words of a case."""

    source = forms.CharField(
        label=_("来源名"), max_length=SOURCE_MOST, help_text=_("同一来源、同一编号的行只收一次；各街道的来源名互不相干")
    )
    default_region = forms.CharField(
        label=_("没写地点的归到"), max_length=24, required=False, help_text=_("街道或社区的代码")
    )
    date_form = forms.CharField(
        label=_("时间写法"), max_length=60, required=False, help_text=_("如 %Y/%m/%d；不填则按常见写法认")
    )
    all_kind = forms.ChoiceField(
        label=_("类型一律按"), required=False, choices=[("", _("表里写的")), *Case.Kind.choices]
    )

    def __init__(self, data: Any, header: Sequence[str], initial: dict[str, Any] | None = None):
        super().__init__(data, initial={**guessed(header), **(initial or {})})
        choices = [("", _("没有")), *((name, name) for name in header)]
        for code, label in FIELDS.items():
            self.fields[f"column_{code}"] = forms.ChoiceField(label=label, choices=choices, required=code == "text")
        self.fields["column_text_2"] = forms.ChoiceField(
            label=_("诉求内容（接在后面的一列）"), choices=choices, required=False
        )

    def mapping(self) -> dict[str, Any]:
        """The mapping as data, as `mapping.of` reads it."""
        chosen = {code: self.cleaned_data[f"column_{code}"] for code in FIELDS if self.cleaned_data[f"column_{code}"]}
        columns: dict[str, Any] = dict(chosen)
        if second := self.cleaned_data["column_text_2"]:
            columns["text"] = [columns["text"], second]
        found: dict[str, Any] = {"source": self.cleaned_data["source"], "columns": columns}
        if self.cleaned_data["default_region"]:
            found["default_region"] = self.cleaned_data["default_region"]
        if self.cleaned_data["date_form"]:
            found["dates"] = [self.cleaned_data["date_form"]]
        if self.cleaned_data["all_kind"]:
            found["constants"] = {"kind": self.cleaned_data["all_kind"]}
            columns.pop("kind", None)
        return found


def guessed(header: Sequence[str]) -> dict[str, str]:
    """The columns that can be told by their names."""
    known = {name.strip().lower(): name for name in header}
    found = {}
    for code, words in GUESSES.items():
        match = next((known[word] for word in words if word in known), "")
        if match:
            found[f"column_{code}"] = match
    return found
