"""A form field as the templates need it: plain values, read once from a Django BoundField. No HTML here."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import Input
from django.utils import timezone

# Widgets that templates draw themselves; anything else is drawn by Django as it is.
_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.MultipleHiddenInput, "hidden"),
    (forms.HiddenInput, "hidden"),
    (forms.Textarea, "textarea"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radio"),
    (forms.SelectMultiple, "checkboxes"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.FileInput, "file"),
    (forms.DateTimeInput, "datetime-local"),
    (forms.DateInput, "date"),
    (forms.TimeInput, "time"),
    (Input, ""),
)


@dataclass(slots=True)
class Choice:
    """One option of a select, of radio buttons or of check boxes."""

    value: str
    label: str
    selected: bool = False
    group: str = ""


@dataclass(slots=True)
class FieldView:
    """What a template needs to draw one field.

    kind: an input type, or textarea, select, radio, segmented, checkboxes, file, raw (drawn by Django).
    """

    name: str
    id: str
    label: str
    kind: str = "text"
    value: Any = ""
    help: str = ""
    errors: list[str] = field(default_factory=list)
    required: bool = False
    disabled: bool = False
    choices: list[Choice] = field(default_factory=list)
    maxlength: int | None = None
    attrs: dict[str, Any] = field(default_factory=dict)
    multiple: bool = False
    raw: Any = None

    @property
    def text(self) -> str:
        """The current value in words, for the chip of an active filter. Empty when nothing is chosen."""
        if self.choices:
            return "、".join(choice.label for choice in self.choices if choice.selected and choice.value)
        return str(self.value or "")

    @property
    def narrows(self) -> bool:
        """Whether a value here leaves something out: not so for a choice that has no "all" to begin with."""
        return not self.choices or self.kind == "checkboxes" or not self.choices[0].value

    @property
    def described_by(self) -> str:
        """Ids of the help and error texts, for aria-describedby."""
        parts = ([f"{self.id}-help"] if self.help else []) + ([f"{self.id}-error"] if self.errors else [])
        return " ".join(parts)


def nonce() -> str:
    """A fresh key that makes one submission of one form recognisable when it arrives twice."""
    return secrets.token_urlsafe(16)


def _kind(widget: forms.Widget) -> str:
    for cls, kind in _KINDS:
        if isinstance(widget, cls):
            return kind or str(widget.attrs.get("type") or getattr(widget, "input_type", "text") or "text")
    return "raw"


def _value(value: Any) -> Any:
    """What the value attribute of an input must hold."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _flat(choices: Iterable[Any], group: str = "") -> Iterator[tuple[str, str, str]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label, str(value))
        else:
            yield "" if value is None else str(value), str(label), group


def _choices(widget: Any, value: Any) -> list[Choice]:
    chosen = {str(item) for item in (value if isinstance(value, (list, tuple, set)) else [value]) if item is not None}
    # An empty choice is "nothing chosen yet", both as None and as "".
    chosen = chosen or {""}
    return [
        Choice(value=key, label=label, selected=key in chosen, group=group)
        for key, label, group in _flat(widget.choices)
    ]


def field_view(bound: BoundField | FieldView, **changes: Any) -> FieldView:
    """Read a bound field. `changes` override what the form says (label, help, kind, ...); None changes nothing."""
    view = bound if isinstance(bound, FieldView) else _read(bound)
    for key, value in changes.items():
        if value is not None:
            setattr(view, key, value)
    return view


def _read(bound: BoundField) -> FieldView:
    widget, value = bound.field.widget, bound.value()
    attrs = {key: val for key, val in bound.build_widget_attrs(dict(widget.attrs)).items() if val not in (False, None)}
    for handled in ("required", "disabled", "type", "aria-describedby", "aria-invalid", "id", "cols"):
        attrs.pop(handled, None)
    kind = _kind(widget)
    maxlength = attrs.pop("maxlength", None) or getattr(bound.field, "max_length", None)
    return FieldView(
        name=bound.html_name,
        id=bound.id_for_label or bound.auto_id or f"id_{bound.html_name}",
        label=str(bound.label or ""),
        kind=kind,
        value=bool(value) if kind == "checkbox" else _value(value),
        help=str(bound.help_text or ""),
        errors=[str(error) for error in bound.errors],
        required=bound.field.required,
        disabled=bound.field.disabled,
        choices=_choices(widget, value) if hasattr(widget, "choices") else [],
        maxlength=int(maxlength) if maxlength else None,
        attrs=attrs,
        multiple=bool(getattr(widget, "allow_multiple_selected", False)),
        raw=bound if kind == "raw" else None,
    )


def made(
    name: str, label: str, *, kind: str = "text", value: Any = "", choices: Iterable[Any] = (), **more: Any
) -> FieldView:
    """A field without a Django form behind it: `choices` are (value, label) pairs; the rest as in FieldView."""
    view = FieldView(
        name=name, id=more.pop("id", f"id_{name}"), label=str(label), kind=kind, value=_value(value), **more
    )
    if choices:
        wrapper = type("Choices", (), {"choices": list(choices)})
        view.choices = _choices(wrapper, value)
    return view


def filter_views(form_or_fields: Any) -> list[FieldView]:
    """The fields of a filter bar: from a Django form on request.GET, or from mappings with the arguments of `made`."""
    if isinstance(form_or_fields, forms.BaseForm):
        return [_read(bound) for bound in form_or_fields]
    return [item if isinstance(item, FieldView) else made(**item) for item in form_or_fields]
