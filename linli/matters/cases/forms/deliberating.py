"""Forms of a deliberation: convene, invite, speak, rule by a clause."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.ui.inputs import note, offer
from linli.matters.cases import commands, duties
from linli.matters.cases.forms.base import ActForm, organisation_field, organisations

OTHER = "other"


def clause_choices() -> list[tuple[str, str]]:
    """Clauses of the duty list in force."""
    return [(one.code, f"{one.name}（{one.source}）") for one in duties.clauses().values()]


class Convene(ActForm):
    act = "convene"
    submit = _("发起会商")
    lead = _("一家说了不算的，请相关单位一起商定；裁定以后不能再退。")

    note = note(_("争在哪里"), rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.convene(actor, case, note=self.cleaned_data["note"], **more)


class Invite(ActForm):
    act = "invite"
    submit = _("邀请")
    lead = _("被邀请的单位能看到这件诉求，并在这里写意见。")

    to = organisation_field(_("请哪个单位"))
    note = note(_("要它说明什么"), required=False, rows=2)

    def set_up(self) -> None:
        offer(self, "to", organisations(self.shown.handling.region_code, without=self.shown.handling.state.lead))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.invite(actor, case, to=self.cleaned_data["to"], note=self.cleaned_data["note"], **more)


class Speak(ActForm):
    act = "speak"
    submit = _("写下意见")
    lead = _("意见会记入会商，裁定的人据此裁定。")

    note = note(_("本单位的意见"))
    clause = forms.ChoiceField(label=_("依据条款"), required=False)

    def set_up(self) -> None:
        offer(self, "clause", [("", _("没有")), *clause_choices()])

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.speak(actor, case, note=self.cleaned_data["note"], clause=self.cleaned_data["clause"], **more)


class Rule(ActForm):
    act = "rule"
    submit = _("裁定")
    lead = _("裁定以后不能再退单，也不能再改派；裁定会作为先例给以后类似的诉求看。")

    to = organisation_field(_("裁定由谁承办"))
    clause = forms.ChoiceField(label=_("依据条款"), error_messages={"required": _("请写明裁定依据的条款。")})
    other = forms.CharField(label=_("其他条款"), required=False, max_length=200, help_text=_("清单里没有的写在这里。"))
    note = note(_("裁定内容"), help_text=_("会给其他单位看，不要写诉求人的姓名和电话。"))

    def set_up(self) -> None:
        offer(self, "to", organisations(self.shown.handling.region_code))
        offer(self, "clause", [("", _("请选择")), *clause_choices(), (OTHER, _("其他条款"))])

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        clause = said["other"].strip() if said["clause"] == OTHER else said["clause"]
        if not clause:
            raise Refused(str(_("请写明裁定依据的条款。")), field="other")
        return commands.rule(actor, case, to=said["to"], clause=clause, note=said["note"], **more)
