"""The shape of what is typed about members: entered, moved, made formal, ended, and how the roll is filtered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import day
from linli.people.organisations.models import Organisation
from linli.people.party.forms import homes, offer, unit_choices
from linli.people.party.models import MemberCard


class CardFilter(forms.Form):
    organisation = forms.ChoiceField(label=_("党支部"), required=False)
    standing = forms.ChoiceField(
        label=_("类别"), required=False, choices=[("", _("全部")), *MemberCard.Standing.choices]
    )
    ended = forms.BooleanField(label=_("含已终止"), required=False)

    def __init__(self, given: Any, actor: Actor) -> None:
        super().__init__(given, label_suffix="")
        offer(self, "organisation", [("", _("全部")), *homes(actor)])

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class _Card(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = forms.CharField(
        label=_("电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    joined_on = day(_("入党日期"), required=True)
    formal_on = day(_("转正日期"), help_text=_("还是预备党员就空着。"))
    unit = forms.ChoiceField(label=_("工作单位"), required=False)

    def __init__(self, data: Any, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        offer(self, "unit", [("", "—"), *unit_choices(actor)])

    @property
    def values(self) -> dict[str, Any]:
        unit = self.cleaned_data["unit"]
        return self.cleaned_data | {"unit": Organisation.objects.get(pk=unit) if unit else None}


class EnterCardForm(_Card):
    starts = day(_("编入日期"), help_text=_("空着就是今天。"))
    basis = forms.CharField(label=_("依据"), max_length=120, required=False)


class CorrectCardForm(_Card):
    def __init__(self, data: Any, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, actor=actor, **kwargs)
        self.fields["name"].required = False
        for name in ("name", "phone"):
            self.fields[name].help_text = _("不改就空着。")


class TransferForm(forms.Form):
    to = forms.ChoiceField(label=_("转到"))
    on = day(_("日期"), help_text=_("空着就是今天。"))
    basis = forms.CharField(label=_("依据"), max_length=120)

    def __init__(self, data: Any, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        offer(self, "to", homes(actor))

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"to": Organisation.objects.get(pk=self.cleaned_data["to"])}


class FormalForm(forms.Form):
    on = day(_("转正日期"), required=True)


class EndForm(forms.Form):
    reason = forms.ChoiceField(label=_("终止原因"), choices=[("", _("请选择")), *MemberCard.Reason.choices])
    on = day(_("日期"), help_text=_("空着就是今天。"))
