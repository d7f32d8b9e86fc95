"""The fields of a form that say where a fact comes from."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.facts.noting import Given
from linli.base.facts.unasked import watch
from linli.base.ui.inputs import DayField


def add_given(form: forms.Form, *, reason: bool) -> None:
    """Let a form ask for source, day and verifier, last of all; for a correction also for the reason, which is needed."""
    fields = form.fields
    fields["source"] = forms.CharField(
        label=_("来源"), max_length=120, required=False, help_text=_("如：入户登记、竣工图、物业提供。")
    )
    fields["as_of"] = DayField(
        label=_("截至日期"),
        required=False,
        help_text=_("不填就是今天。"),
    )
    fields["verified_by"] = forms.CharField(
        label=_("核实人"), max_length=40, required=False, help_text=_("不填就是您自己。")
    )
    if reason:
        fields["reason"] = forms.CharField(
            label=_("更正原因"), max_length=200, help_text=_("如：登记有误、已改建、实地核实；会留在记录里。")
        )
    watch(form, "source", "reason")


def given_of(cleaned: Mapping[str, Any]) -> Given:
    """What those fields hold."""
    return Given(
        source=cleaned.get("source") or "",
        as_of=cleaned.get("as_of"),
        verified_by=cleaned.get("verified_by") or "",
        reason=cleaned.get("reason") or "",
    )
