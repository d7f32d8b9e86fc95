"""The filter bars of the registers of precedents, hang-ups and exemptions. A wrong value narrows nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import FilterBar, MomentsBar, day, offer
from linli.matters.cases import registers
from linli.matters.cases.forms.filters import regions_of
from linli.matters.cases.models import Exemption
from linli.matters.cases.queries import category_map

EVERYTHING = ("", _("全部"))


class RegisterFilter(FilterBar):
    q = forms.CharField(label=_("搜索"), required=False, max_length=60)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.set_up(actor)

    def set_up(self, actor: Actor) -> None:
        """Fill choices from what the actor may see."""


class PrecedentFilter(RegisterFilter):
    category = forms.ChoiceField(label=_("分类"), required=False)
    unit = forms.TypedChoiceField(label=_("裁定由谁承办"), required=False, coerce=int, empty_value=None)
    since = day(_("裁定从"))
    until = day(_("到"))

    def set_up(self, actor: Actor) -> None:
        tops = [(code, str(row["name"])) for code, row in category_map().items() if row["top"] == code]
        offer(self, "category", [EVERYTHING, *tops])
        offer(self, "unit", [EVERYTHING, *registers.units(actor)])


class HangUpFilter(RegisterFilter):
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("正在挂账")),
            ("due", _("该复核的")),
            ("past", _("答应的日期已过")),
            ("all", _("连同已解除的")),
        ],
    )
    reason = forms.ChoiceField(label=_("原因"), required=False)
    unit = forms.TypedChoiceField(label=_("承办单位"), required=False, coerce=int, empty_value=None)

    def set_up(self, actor: Actor) -> None:
        offer(self, "reason", [EVERYTHING, *registers.reasons("hang_up").items()])
        offer(self, "unit", [EVERYTHING, *registers.units(actor)])


class PartFilter(RegisterFilter):
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("要我单位办的")), ("open", _("全部在办")), ("all", _("连同办结的"))],
    )
    unit = forms.TypedChoiceField(label=_("分给谁"), required=False, coerce=int, empty_value=None)

    def set_up(self, actor: Actor) -> None:
        offer(self, "unit", [EVERYTHING, *registers.units(actor)])


class ExemptionFilter(RegisterFilter):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[EVERYTHING, *Exemption.State.choices])
    reason = forms.ChoiceField(label=_("理由"), required=False)
    since = day(_("申请从"))
    until = day(_("到"))

    def set_up(self, actor: Actor) -> None:
        offer(self, "reason", [EVERYTHING, *registers.reasons("exemption").items()])


class LookingBackFilter(MomentsBar, RegisterFilter):
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[EVERYTHING, ("open", _("还在办")), ("closed", _("已结案"))]
    )
    looked = forms.ChoiceField(
        label=_("回头看"), required=False, choices=[EVERYTHING, ("no", _("还没看")), ("yes", _("看过"))]
    )
    region = forms.ChoiceField(label=_("社区网格"), required=False)
    since = day(_("登记从"))
    until = day(_("到"))

    def set_up(self, actor: Actor) -> None:
        offer(self, "region", [EVERYTHING, *regions_of(actor)])


class DifficultFilter(RegisterFilter):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("还在办")), ("all", _("连同已结案的"))])
    unit = forms.TypedChoiceField(label=_("承办单位"), required=False, coerce=int, empty_value=None)
    region = forms.ChoiceField(label=_("社区网格"), required=False)

    def set_up(self, actor: Actor) -> None:
        offer(self, "unit", [EVERYTHING, *registers.units(actor)])
        offer(self, "region", [EVERYTHING, *regions_of(actor)])
