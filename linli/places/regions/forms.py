"""The shape of input for the pages of regions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.ui.inputs import DayField
from linli.places.regions.models import Region
from linli.places.regions.reading import MAX_BYTES
from linli.places.regions.rules import Level

SORTS = ("code", "-code", "households", "-households", "area", "-area")
FIGURES = ("households", "density")


class ListFilter(forms.Form):
    """What the list can be narrowed to."""

    q = forms.CharField(label=_("名称或代码"), required=False, max_length=60)
    level = forms.TypedChoiceField(
        label=_("层级"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [("", _("全部")), *((int(level), level.label) for level in Level)],
    )
    within = forms.RegexField(
        r"\A[0-9]{2,20}\Z", label=_("所在区划"), required=False, widget=forms.HiddenInput, strip=True
    )
    boundary = forms.ChoiceField(
        label=_("边界"),
        required=False,
        choices=[("", _("全部")), ("yes", _("有边界")), ("no", _("缺边界"))],
    )
    retired = forms.BooleanField(label=_("含已停用"), required=False)


class MapFilter(forms.Form):
    """What the map shows."""

    within = forms.ChoiceField(label=_("范围"), required=False)
    level = forms.TypedChoiceField(
        label=_("画到"),
        required=False,
        coerce=int,
        choices=lambda: [(int(level), level.label) for level in (Level.COMMUNITY, Level.GRID)],
    )
    figure = forms.ChoiceField(
        label=_("显示"),
        required=False,
        choices=[("name", _("名称")), ("households", _("户数")), ("density", _("每公顷户数"))],
    )

    def __init__(self, data: Any, regions: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["within"].choices = regions  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A file of regions."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("代码表（CSV、XLSX）或边界文件（GeoJSON）。代码表至少要有“代码”“名称”两列。"),
        max_length=255,
        allow_empty_file=True,
    )

    def clean_file(self) -> Any:
        """Not larger than what can be read at once; what is in it the command tells."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("文件太大（最多 %(most)d MB），请分成几份") % {"most": MAX_BYTES // 1024 // 1024}
            )
        return file


class RenameForm(forms.Form):
    """A new name."""

    name = forms.CharField(label=_("名称"), max_length=60)
    short = forms.CharField(label=_("简称"), max_length=40, required=False, help_text=_("不填时由名称得出"))

    def __init__(self, region: Region, data: Any = None) -> None:
        super().__init__(data, initial={"name": region.name, "short": region.short_name})


class RetireForm(forms.Form):
    """The end of a region."""

    on = DayField(
        label=_("停用日期"),
        help_text=_("自这一天起不再使用，代码不再给别的地方"),
    )
    basis = forms.CharField(label=_("依据"), max_length=200, help_text=_("撤并、调整的文件名称和文号"))
