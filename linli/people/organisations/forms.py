"""The shape of what is typed about organisations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.ui.inputs import DayField
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory
from linli.people.organisations.rules import UNLISTED
from linli.places.regions import locating

# What the tree shows; the rest stands in the register of units.
LISTED = [(code, label) for code, label in Organisation.Kind.choices if code not in UNLISTED]
_DIGITS = forms.TextInput(attrs={"inputmode": "numeric"})


class TreeFilter(forms.Form):
    q = forms.CharField(required=False, max_length=60)
    place = forms.ChoiceField(label=_("街道"), required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *LISTED])
    on = DayField(label=_("截至哪天"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        names = locating.index().names
        codes = sorted({one.region_code[:9] for one in directory().by_id.values() if len(one.region_code) >= 9})
        self.fields["place"].choices = [("", _("全部")), *((code, names.get(code, code)) for code in codes)]  # type: ignore[attr-defined]


def _parents() -> list[tuple[str, list[tuple[str, str]]]]:
    kinds = dict(Organisation.Kind.choices)
    grouped: dict[str, list[tuple[str, str]]] = {}
    for one in sorted(directory().by_id.values(), key=lambda one: (one.region_code, one.id)):
        grouped.setdefault(str(kinds[one.kind]), []).append((str(one.id), one.name))
    return list(grouped.items())


class _WithParent(forms.Form):
    parent = forms.ChoiceField(label=_("上级"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("没有上级")), *_parents()]  # type: ignore[attr-defined]

    def clean_parent(self) -> Organisation | None:
        chosen = self.cleaned_data["parent"]
        return Organisation.objects.get(pk=chosen) if chosen else None


class FoundForm(_WithParent):
    name = forms.CharField(label=_("名称"), max_length=80)
    short_name = forms.CharField(label=_("简称"), max_length=30, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=[("", "—"), *LISTED])
    region_code = forms.CharField(label=_("所在区划代码"), max_length=24, widget=_DIGITS)
    subject = forms.CharField(
        label=_("职责领域"),
        max_length=40,
        required=False,
        help_text=_("派单规则用它找到职能部门，如 urban_management。"),
    )
    service_phone = forms.CharField(label=_("服务电话"), max_length=30, required=False)
    valid_from = DayField(label=_("成立日期"), required=False)


class RenameForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80)
    short_name = forms.CharField(label=_("简称"), max_length=30, required=False)
    service_phone = forms.CharField(label=_("服务电话"), max_length=30, required=False)
    on = DayField(label=_("从哪天起"), required=False, help_text=_("空着就是今天。"))
    basis = forms.CharField(label=_("依据"), max_length=120, required=False)


class MoveForm(_WithParent):
    on = DayField(label=_("从哪天起"), required=False, help_text=_("空着就是今天。"))
    basis = forms.CharField(label=_("依据"), max_length=120, required=False)


class CloseForm(forms.Form):
    on = DayField(label=_("撤销日期"), required=False, help_text=_("空着就是今天。"))


class AssignForm(forms.Form):
    region_code = forms.CharField(label=_("区划代码"), max_length=24, widget=_DIGITS)
    starts = DayField(label=_("开始"), required=False, help_text=_("空着就是今天。"))


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("表格"),
        help_text=_("CSV 或 Excel，第一行是列名，至少要有“名称”“类别”“所在区划”三列；最大 2 MB。"),
        error_messages={"required": _("请选一张表。")},
        allow_empty_file=True,
    )
