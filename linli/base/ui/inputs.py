"""What many forms ask for in the same way: a day, photos, a longer text, and what narrows a list."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NOTE_MOST = 2000


# Nobody on a register was born earlier, no plan reaches further; beyond, adding a term to a day leaves the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class DayField(forms.DateField):
    """A day that people choose from the browser's calendar or type, between FIRST_DAY and LAST_DAY."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=options.pop("widget", None) or forms.DateInput(attrs={"type": "date"}), **options)
        told = _("请填 1900 年到 2199 年之间的日期。")
        self.validators += [MinValueValidator(FIRST_DAY, told), MaxValueValidator(LAST_DAY, told)]


def day(label: Any, *, required: bool = False, help_text: Any = "") -> DayField:
    """A day, most often one that may be left open."""
    return DayField(label=label, required=required, help_text=help_text)


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos or documents; the airlock judges each, this field only gathers them.

    accept: what the browser offers to choose, as in the attribute of that name.
    """

    def __init__(self, label: Any = None, *, accept: str = "image/*,.pdf,.docx,.xlsx", **options: Any) -> None:
        widget = _ManyFiles(attrs={"accept": accept, "multiple": True})
        super().__init__(label=label or _("照片或材料"), required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PhotosField, self).clean(one, initial) for one in given]


def note(label: Any, *, required: bool = True, help_text: Any = "", rows: int = 3) -> forms.CharField:
    """A longer text for an act."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=NOTE_MOST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("请写明情况。")},
    )


def offer(form: forms.Form, name: str, choices: Any) -> None:
    """Give a field of this form its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class FilterBar(forms.Form):
    """What a list is narrowed by, bound to the query string. What is not understood narrows nothing."""

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")

    @property
    def chosen(self) -> dict[str, Any]:
        """The valid values that are not empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class MomentsBar(FilterBar):
    """A bar whose days `since` and `until` are asked of moments: they begin and end where we are, the last counts whole."""

    @property
    def chosen(self) -> dict[str, Any]:
        found = super().chosen
        for name, later in (("since", 0), ("until", 1)):
            if name in found:
                found[name] = timezone.make_aware(datetime.combine(found[name], time()) + timedelta(days=later))
        return found
