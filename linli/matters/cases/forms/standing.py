"""Forms of honest states: hang up and review, supervise, do not dispatch, exempt by two people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import DayField, PhotosField, note, offer
from linli.matters.cases import commands
from linli.matters.cases.forms.base import ActForm, choices_of
from linli.matters.cases.forms.handling import by_channels
from linli.procedures.definitions import Reason

PICK = {"required": _("请选一项。")}


def reasons(form: ActForm, name: str, code: str) -> dict[str, Reason]:
    """Give a field the choices of a list of the procedure this case runs under."""
    found = dict(form.shown.handling.definition.lists.get(code, {}))
    offer(form, name, choices_of(found))
    return found


def date_field(label: Any, *, required: bool = True, help_text: Any = "") -> DayField:
    return DayField(
        label=label,
        required=required,
        help_text=help_text,
        error_messages={"required": _("请写答应的日期。"), "invalid": _("日期写法不对。")},
    )


class HangUp(ActForm):
    act = "hang_up"
    submit = _("挂账")
    lead = _("到期以前才能挂账。挂账期间时限不走，不算办结，也不算超期；每月复核一次，诉求人会看到答应的日期。")

    reason = forms.ChoiceField(label=_("原因"), error_messages=PICK)
    promise = forms.CharField(
        label=_("答应做到什么"),
        max_length=500,
        help_text=_("分几步做的，写最近的一步。"),
        error_messages={"required": _("请写答应做到什么。")},
    )
    until = date_field(_("答应的日期"))
    told = forms.ChoiceField(
        label=_("怎样告知诉求人的"),
        choices=[*by_channels("telephone", "visit", "message"), ("link", _("进度页面（没有联系方式）"))],
        initial="telephone",
    )
    note = note(_("给诉求人的说明"), help_text=_("写清为什么现在办不成、接下来做什么。"))

    def set_up(self) -> None:
        found = reasons(self, "reason", "hang_up")
        limits = [f"{one.name} {one.most} 天" for one in found.values() if one.most]
        self.fields["until"].help_text = _("最长：%(limits)s。") % {"limits": "、".join(limits)} if limits else ""

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.hang_up(actor, case, **{k: v for k, v in self.cleaned_data.items() if k != "seen"}, **more)


class ReviewHangUp(ActForm):
    act = "review_hang_up"
    submit = _("记下复核")
    lead = _("每月看一次：进展怎样，答应的日期还能不能做到。日期要改的，写明原因，诉求人会看到。")

    note = note(_("进展和说明"))
    until = date_field(_("新的日期"), required=False, help_text=_("不改就不填。"))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.review_hang_up(actor, case, note=said["note"], until=said["until"], **more)


class Lift(ActForm):
    act = "lift"
    submit = _("解除挂账")
    lead = _("解除以后时限接着走。")

    note = note(_("为什么现在可以办了"), rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.lift(actor, case, note=self.cleaned_data["note"], **more)


class Supervise(ActForm):
    act = "supervise"
    submit = _("督办")
    lead = _("督办会出现在承办单位的工作台上，诉求人也看得到有人在督促。")

    note = note(_("督办要求"), rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.supervise(actor, case, note=self.cleaned_data["note"], **more)


class Decline(ActForm):
    act = "decline"
    submit = _("不予派单")
    lead = _("只有六种情形可以不派单。诉求人会看到说明和可以找谁；要写得让人看得懂。")
    danger = True

    reason = forms.ChoiceField(label=_("情形"), error_messages=PICK)
    same_as = forms.CharField(label=_("原来那件的编号"), required=False, max_length=40, help_text=_("只有重复的才填。"))
    note = note(_("给诉求人的告知"), help_text=_("重复的写明原来那件的进展或结果；紧急的写明已经转给谁。"))

    def set_up(self) -> None:
        reasons(self, "reason", "not_dispatched")

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.decline(actor, case, reason=said["reason"], note=said["note"], same_as=said["same_as"], **more)


class AskExemption(ActForm):
    act = "ask_exemption"
    submit = _("申请剔除")
    lead = _("剔除只影响考核口径，全口径数字里一直都在。由另一个人审核。")

    reason = forms.ChoiceField(label=_("理由"), error_messages=PICK)
    note = note(_("说明"))
    materials = forms.CharField(
        label=_("依据的材料"),
        required=False,
        max_length=500,
        help_text=_("文号、条款、裁判文书等；也可以只附照片或文件。"),
    )
    photos = PhotosField()

    def set_up(self) -> None:
        reasons(self, "reason", "exemption")

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.ask_exemption(
            actor, case, reason=said["reason"], note=said["note"], materials=said["materials"], **more
        )


class GrantExemption(ActForm):
    act = "grant_exemption"
    submit = _("同意剔除")
    lead = _("申请人不能审核自己的申请。")

    note = note(_("审核意见"), rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.grant_exemption(actor, case, note=self.cleaned_data["note"], **more)


class RefuseExemption(ActForm):
    act = "refuse_exemption"
    submit = _("不同意剔除")

    note = note(_("理由"), rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.refuse_exemption(actor, case, note=self.cleaned_data["note"], **more)
