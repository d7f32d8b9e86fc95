"""The questions of the assistant: which file; which register; which column is what; what holds for the whole sheet."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.doors.intake.registers.showing import ShownColumn
from linli.doors.intake.registers.targets import Target


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("表格"),
        help_text=_(
            "Excel、ODS 或 CSV（UTF-8、GB18030 都行），表头在哪一行都认，最大 40 MB。隐藏的工作表不读，隐藏的行和列照读。"
        ),
        error_messages={"required": _("请选一张表。")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.et,.ods,.csv,.txt,.tsv"}),
    )


class LayoutForm(forms.Form):
    """Which page of the workbook, and where the header is."""

    def __init__(self, data: Any, sheets: Sequence[str], sheet: str | None, header_row: int):
        super().__init__(data, initial={"page": sheet or "", "header_row": header_row}, prefix="layout")
        if len(sheets) > 1:
            choices = [("", _("第一张有内容的")), *((name, name) for name in sheets)]
            self.fields["page"] = forms.ChoiceField(label=_("工作表"), choices=choices, required=False)
        self.fields["header_row"] = forms.IntegerField(
            label=_("表头在第几行"), min_value=1, max_value=200, help_text=_("认错了才要改；两行表头写上面一行")
        )


class MappingForm(forms.Form):
    """One select for each column that may be taken, and the options of the register."""

    def __init__(
        self, data: Any, actor: Actor, target: Target, columns: Sequence[ShownColumn], chosen: dict[str, int],
        options: dict[str, Any],
    ):  # fmt: skip
        of_place = {place: code for code, place in chosen.items()}
        initial: dict[str, Any] = {f"column_{place}": code for place, code in of_place.items()}
        initial |= {f"option_{code}": value for code, value in options.items()}
        super().__init__(data, initial=initial)
        self.target = target
        self.places = [column.place for column in columns if not column.never]
        choices = [("", _("不导入")), *((field.code, _with_mark(field)) for field in target.fields)]
        for column in columns:
            if not column.never:
                self.fields[f"column_{column.place}"] = forms.ChoiceField(
                    label=f"{column.letter} {column.header}", choices=choices, required=False
                )
        self.options = []
        for option in target.options(actor):
            name = f"option_{option.code}"
            initial.setdefault(name, option.default)
            if option.choices:
                field: forms.Field = forms.ChoiceField(
                    label=option.label, help_text=option.help, choices=option.choices, required=False
                )
            elif isinstance(option.default, bool):
                field = forms.BooleanField(label=option.label, help_text=option.help, required=False)
            else:
                field = forms.CharField(label=option.label, help_text=option.help, required=False, max_length=60)
            self.fields[name] = field
            self.options.append(name)
        self.initial = initial

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        taken: dict[str, int] = {}
        for place in self.places:
            code = data.get(f"column_{place}")
            if code and code in taken:
                label = next(field.label for field in self.target.fields if field.code == code)
                self.add_error(f"column_{place}", _("已经有一列是“%(label)s”了。") % {"label": label})
            elif code:
                taken[code] = place
        data["columns"] = taken
        data["options"] = {name.removeprefix("option_"): data.get(name) for name in self.options}
        return data


def _with_mark(field: Any) -> str:
    return f"{field.label}（必须）" if field.required else str(field.label)
