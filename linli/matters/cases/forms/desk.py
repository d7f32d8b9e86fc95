"""Forms of the dispatch desk: dispatch, decide, correct, join, call back, settle."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.ui.inputs import note, offer
from linli.matters.cases import commands
from linli.matters.cases.forms.base import ActForm, category_choices, organisation_field, organisations
from linli.matters.cases.forms.handling import YES_NO, by_channels
from linli.matters.cases.models import Satisfaction
from linli.matters.cases.queries import visible_to
from linli.matters.cases.rules import clean_number


class Dispatch(ActForm):
    act = "dispatch"
    submit = _("派单")

    to = organisation_field()
    note = note(_("交代"), required=False, rows=2)

    def set_up(self) -> None:
        offer(self, "to", organisations(self.shown.handling.region_code))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.dispatch(actor, case, to=self.cleaned_data["to"], note=self.cleaned_data["note"], **more)


class Redirect(ActForm):
    act = "redirect"
    submit = _("改派")

    to = organisation_field(_("改派给"))
    note = note(_("理由"), rows=2)

    def set_up(self) -> None:
        offer(self, "to", organisations(self.shown.handling.region_code))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.redirect(actor, case, to=self.cleaned_data["to"], note=self.cleaned_data["note"], **more)


class RefuseReturn(ActForm):
    act = "refuse_return"
    submit = _("不同意退单")

    note = note(_("理由"), rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.refuse_return(actor, case, note=self.cleaned_data["note"], **more)


class Join(ActForm):
    act = "join"
    submit = _("归并")
    lead = _("归并以后一起办理；每位诉求人仍有自己的编号和回访。")

    with_number = forms.CharField(
        label=_("与哪一件归并"),
        max_length=40,
        help_text=_("填对方的编号。"),
        error_messages={"required": _("请填对方的编号。")},
    )

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        number = clean_number(self.cleaned_data["with_number"])
        other = visible_to(actor).filter(proceeding__number=number).values_list("pk", flat=True).first()
        if other is None:
            raise Refused(str(_("没有找到这个编号，或者它不在您的工作范围内。")), field="with_number")
        return commands.join(actor, case, with_case=other, **more)

    def field_of(self, name: str | None) -> str | None:
        return "with_number" if name == "with_case" else super().field_of(name)


class Reclassify(ActForm):
    act = "reclassify"
    submit = _("更正分类")
    lead = _("已经开始走的时限不变。")

    category = forms.ChoiceField(label=_("分类"), error_messages={"required": _("请选分类。")})
    note = note(_("说明"), required=False, rows=2)

    def set_up(self) -> None:
        offer(self, "category", category_choices())
        self.initial["category"] = self.shown.case.category

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.reclassify(
            actor, case, category=self.cleaned_data["category"], note=self.cleaned_data["note"], **more
        )


class Remind(ActForm):
    act = "remind"
    submit = _("催办")

    note = note(_("催办内容"), required=False, rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.remind(actor, case, note=self.cleaned_data["note"], **more)


class Callback(ActForm):
    act = "callback"
    submit = _("记下回访")
    lead = _("没联系上的先记在这里；联系上了并问清楚的，直接填“回访结案”。")

    reached = forms.ChoiceField(label=_("联系上了吗"), choices=YES_NO, widget=forms.RadioSelect, initial="no")
    channel = forms.ChoiceField(
        label=_("方式"),
        choices=by_channels("telephone", "visit", "message"),
        initial="telephone",
        widget=forms.RadioSelect,
    )
    note = note(_("说明"), required=False, rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.callback(
            actor, case, reached=said["reached"] == "yes", channel=said["channel"], note=said["note"], **more
        )


class Settle(ActForm):
    act = "settle"
    submit = _("记下并办结")
    lead = _("解决和满意分开问、分开记。不满意的转二次办理。")

    reachable = forms.ChoiceField(
        label=_("回访情况"),
        choices=[("yes", _("联系上了")), ("no", _("多次联系不上"))],
        initial="yes",
        widget=forms.RadioSelect,
    )
    resolved = forms.ChoiceField(
        label=_("问题解决了吗"),
        choices=[("yes", _("解决了")), ("no", _("没解决"))],
        required=False,
        widget=forms.RadioSelect,
    )
    satisfaction = forms.ChoiceField(
        label=_("对办理满意吗"), choices=Satisfaction.choices, required=False, widget=forms.RadioSelect
    )
    reason = note(_("诉求人怎么说"), required=False, rows=2, help_text=_("没解决或不满意的必须写。"))
    again = forms.BooleanField(label=_("没办好的转二次办理"), required=False, initial=True)
    channel = forms.ChoiceField(
        label=_("方式"), choices=by_channels("telephone", "visit"), initial="telephone", widget=forms.RadioSelect
    )

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.settle(
            actor,
            case,
            reachable=said["reachable"] == "yes",
            resolved={"yes": True, "no": False}.get(said["resolved"]),
            satisfaction=said["satisfaction"],
            reason=said["reason"],
            again=said["again"],
            channel=said["channel"],
            **more,
        )
