"""The shape of what the desk types about messages of a hotline."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.doors.channels.hotline.models import Exchange
from linli.doors.intake.hotline.acts import INCOMING
from linli.doors.intake.hotline.models import Message

SORTS = {"received": "received_at", "order": "order_number", "type": "type"}


class InboxFilter(forms.Form):
    """What the list is narrowed by; what is not understood narrows nothing."""

    q = forms.CharField(required=False, max_length=80)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Message.State.choices])
    type = forms.ChoiceField(
        label=_("类型"),
        required=False,
        choices=[("", _("全部")), *((one.type, one.label) for one in INCOMING.values())],
    )
    exchange = forms.ChoiceField(label=_("热线"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["exchange"].choices = [("", _("全部")), *_exchanges()]  # type: ignore[attr-defined]

    def narrow(self, rows: Any) -> Any:
        self.is_valid()
        chosen = self.cleaned_data
        if wanted := chosen.get("q", "").strip():
            rows = rows.filter(order_number__startswith=wanted)
        for name, column in (("state", "state"), ("type", "type"), ("exchange", "exchange_id")):
            if chosen.get(name):
                rows = rows.filter(**{column: chosen[name]})
        return rows


class SheetForm(forms.Form):
    exchange = forms.ChoiceField(label=_("热线"))
    file = forms.FileField(label=_("表格"), help_text=_("CSV 或 Excel，一行一条消息，最多 500 行。"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["exchange"].choices = [("", "—"), *_exchanges()]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    note = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def _exchanges() -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in Exchange.objects.order_by("name").values_list("id", "name")]
