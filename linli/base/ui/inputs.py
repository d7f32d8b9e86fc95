"""What many forms ask for in the same way: photos, and a longer text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

NOTE_MOST = 2000


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
