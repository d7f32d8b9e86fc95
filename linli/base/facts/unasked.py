"""What is not to be written of anybody: a gentle word beside a free text, with the reason, before it is saved. Never a silent block.

    watch(form, "note")    # in __init__, after the fields are there

Which words, and why, is the policy `unasked`. Whoever has read the reason may still leave the text as it is, by a tick.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base import policies

# The field that says: leave it as it is.
KEEP = "keep_words"


def found(data: Mapping[str, Any], text: str) -> list[tuple[str, str]]:
    """(word, why it is not written) for every word of the policy that the text holds, in the order of the policy."""
    plain = "".join(text.split())
    return [(word, kind["why"]) for kind in data["kinds"] for word in kind["words"] if word in plain]


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy, in the editor's words."""
    kinds = data.get("kinds")
    if not isinstance(kinds, list) or not kinds:
        return ["要写不收的类别 [[kinds]]。"]
    wrong = [one for one in kinds if not (one.get("name") and one.get("why") and one.get("words"))]
    short = [word for one in kinds for word in one.get("words", []) if not str(word).strip()]
    return ["每一类都要写名称、原因和词。"] * bool(wrong) + ["词不能是空的。"] * bool(short)


def answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Which words of a text the policy speaks of."""
    return {"words": [word for word, _why in found(data, given["text"])]}


def watch(form: forms.Form, *names: str) -> None:
    """Look at these free texts of a form when it is sent; the first time, what is found stands beside the field."""
    form.fields[KEEP] = forms.BooleanField(
        label=gettext_lazy("看过原因了，确有必要，照这样留下"), required=False, widget=forms.HiddenInput
    )

    def look(text: Any) -> None:
        words = found(policies.load("unasked").data, str(text))
        if not words or form.data.get(KEEP):
            return
        form.fields[KEEP].widget = forms.CheckboxInput()
        told = "；".join(_("“%(word)s”：%(why)s") % {"word": word, "why": why} for word, why in words[:3])
        raise ValidationError(_("%(told)s。请改一改；确有必要的，勾选“照这样留下”再提交。") % {"told": told})

    for name in names:
        if name in form.fields:
            form.fields[name].validators.append(look)
