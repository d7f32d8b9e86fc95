"""Forms of the street: instructions, difficult cases, looking back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import note, offer
from linli.matters.cases import commands
from linli.matters.cases.forms.base import ActForm
from linli.matters.cases.looking_back import FOUND


class Instruct(ActForm):
    act = "instruct"
    submit = _("写下调度意见")
    lead = _("承办单位在办理记录里看到；诉求人看不到。")

    note = note(_("怎么办、谁来办、什么时候办好"))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.instruct(actor, case, note=self.cleaned_data["note"], **more)


class MarkDifficult(ActForm):
    act = "mark_difficult"
    submit = _("列为疑难")
    lead = _("列为疑难的诉求在疑难清单里，可以交给攻坚专班，每天调度时自动上议程。")

    note = note(_("难在哪里"))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.mark_difficult(actor, case, note=self.cleaned_data["note"], **more)


class ClearDifficult(ActForm):
    act = "clear_difficult"
    submit = _("撤销疑难")

    note = note(_("为什么不再疑难"))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.clear_difficult(actor, case, note=self.cleaned_data["note"], **more)


class LookBack(ActForm):
    act = "look_back"
    submit = _("记下回头看")
    lead = _("回过头去看二次办理以后的情况：到现场、问诉求人，看是不是真的办好了。")

    result = forms.ChoiceField(
        label=_("看到的结果"), widget=forms.RadioSelect, error_messages={"required": _("请选回头看的结果。")}
    )
    note = note(_("看到了什么、接下来怎么办"))

    def set_up(self) -> None:
        results = self.shown.handling.definition.results
        offer(self, "result", [(code, results[code].name) for code in FOUND if code in results])

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.look_back(actor, case, result=said["result"], note=said["note"], **more)
