"""What narrows the lists of party organisations and of their changes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import day
from linli.people.organisations.register_forms import PeriodFilter, places_of
from linli.people.party.forms import KIND_CHOICES, domain_choices, offer
from linli.people.party.models import Change, PartyOrganisation


class ListFilter(forms.Form):
    q = forms.CharField(label=_("名称"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *KIND_CHOICES])
    place = forms.ChoiceField(label=_("社区"), required=False)
    form = forms.ChoiceField(
        label=_("组建形式"), required=False, choices=[("", _("全部")), *PartyOrganisation.Form.choices]
    )
    domain = forms.ChoiceField(label=_("领域"), required=False)
    covers = forms.ChoiceField(
        label=_("覆盖"), required=False, choices=[("", _("全部")), ("unit", _("单位")), ("building", _("楼栋"))]
    )
    exemplary = forms.ChoiceField(
        label=_("示范点"), required=False, choices=[("", _("全部")), *PartyOrganisation.Exemplary.choices]
    )
    since = day(_("这天以后成立"))
    on = day(_("截至哪天"))

    MORE = ("form", "domain", "covers", "exemplary", "since", "on")

    def __init__(self, given: Any, actor: Actor) -> None:
        super().__init__(given, label_suffix="")
        offer(self, "place", [("", _("全部")), *places_of(actor)])
        offer(self, "domain", [("", _("全部")), *domain_choices()])

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ChangeFilter(forms.Form):
    q = forms.CharField(label=_("名称或文件"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("变动"), required=False, choices=[("", _("全部")), *Change.Kind.choices])
    since = day(_("从"))
    until = day(_("到"))

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class YearFilter(PeriodFilter):
    """The last twelve months without another period."""

    DAYS = 365
