"""Forms of the lead, the supporting units and the grid worker."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.ui.inputs import PhotosField, note, offer
from linli.matters.cases import commands
from linli.matters.cases.forms.base import ActForm, choices_of, organisation_field, organisations
from linli.matters.cases.models import ContactAttempt
from linli.people.accounts.queries import roles

YES_NO = [("yes", _("联系上了")), ("no", _("没联系上"))]


def by_channels(*wanted: str) -> list[tuple[str, str]]:
    return [(value, label) for value, label in ContactAttempt.Channel.choices if value in wanted]


class Accept(ActForm):
    act = "accept"
    submit = _("签收")
    lead = _("签收以后由您的单位负责办理和答复。")

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.accept(actor, case, **more)


class Return(ActForm):
    act = "return"
    submit = _("申请退单")
    lead = _("退单由派单台核定；核定期间办理答复的时限照走。")
    danger = True

    ground = forms.ChoiceField(label=_("退单理由"), error_messages={"required": _("请选退单理由。")})
    note = note(_("说明"), help_text=_("写明为什么不归本单位办、应当归谁办。"))
    materials = forms.CharField(
        label=_("依据的材料"),
        required=False,
        max_length=500,
        help_text=_("职责清单的条目、文号等；也可以只附照片或文件。"),
    )
    photos = PhotosField()

    def set_up(self) -> None:
        offer(self, "ground", choices_of(self.shown.handling.definition.grounds))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.return_(
            actor, case, ground=said["ground"], note=said["note"], materials=said["materials"], **more
        )


class Dispute(ActForm):
    act = "dispute"
    submit = _("提交会商")
    lead = _("对派单有异议的，由派单台组织会商裁定；裁定以后不能再退。")
    danger = True

    ground = forms.ChoiceField(label=_("理由"), error_messages={"required": _("请选理由。")})
    note = note(_("说明"))

    def set_up(self) -> None:
        offer(self, "ground", choices_of(self.shown.handling.definition.grounds))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.dispute(actor, case, ground=self.cleaned_data["ground"], note=self.cleaned_data["note"], **more)


class Hand(ActForm):
    act = "hand"
    submit = _("交办")

    post = forms.TypedChoiceField(
        label=_("交给谁"), coerce=int, choices=[], error_messages={"required": _("请选经办人。")}
    )
    note = note(_("交代"), required=False, rows=2)

    def set_up(self) -> None:
        names = dict(roles())
        place = self.shown.handling.region_code
        ordered = sorted(
            self.shown.colleagues,
            key=lambda post: (not (post.region_code and place.startswith(post.region_code)), -len(post.region_code)),
        )
        offer(
            self,
            "post",
            [
                ("", _("请选择")),
                *(
                    (post.pk, f"{post.account.name} · {post.title or names.get(post.role, post.role)}")
                    for post in ordered
                ),
            ],
        )

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.hand(actor, case, post=self.cleaned_data["post"], note=self.cleaned_data["note"], **more)


class Contact(ActForm):
    act = "contact"
    submit = _("记下")
    lead = _("没联系上也要记：记了几次、什么时候，都算数。")

    reached = forms.ChoiceField(
        label=_("联系上了吗"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选联系上了没有。")},
    )
    channel = forms.ChoiceField(
        label=_("方式"),
        choices=by_channels("telephone", "visit", "message"),
        initial="telephone",
        widget=forms.RadioSelect,
    )
    note = note(_("说了什么"), required=False, rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.contact(
            actor, case, reached=said["reached"] == "yes", channel=said["channel"], note=said["note"], **more
        )


class Visit(ActForm):
    act = "visit"
    submit = _("记下上门")

    note = note(_("现场情况"))
    photos = PhotosField(_("现场照片"), help_text=_("需要时才拍；人脸和门牌不要入镜。"))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.visit(actor, case, note=self.cleaned_data["note"], **more)


class Measure(ActForm):
    act = "measure"
    submit = _("记下措施")

    note = note(_("采取了什么措施"))
    photos = PhotosField()

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.measure(actor, case, note=self.cleaned_data["note"], **more)


class Support(ActForm):
    act = "support"
    submit = _("请协办")
    lead = _("协办单位一起办，仍由主办单位答复。")

    to = organisation_field(_("协办单位"))
    note = note(_("请他们做什么"), rows=2)

    def set_up(self) -> None:
        handling = self.shown.handling
        offer(self, "to", organisations(handling.region_code, without=handling.state.lead))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.support(actor, case, to=self.cleaned_data["to"], note=self.cleaned_data["note"], **more)


class Share(ActForm):
    act = "share"
    submit = _("分出去")
    lead = _("分出去的各有编号和时限，办完报给主办单位确认；要等的没有办完，这件不能结案。")

    to = organisation_field(_("分给哪个单位"))
    note = note(_("办什么"))
    waits = forms.BooleanField(label=_("等它办完才能结案"), required=False, initial=True)

    def set_up(self) -> None:
        handling = self.shown.handling
        offer(self, "to", organisations(handling.region_code, without=handling.state.lead))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.share(actor, case, to=said["to"], note=said["note"], waits=said["waits"], **more)


class SupportDone(ActForm):
    act = "support_done"
    submit = _("协办完成")

    note = note(_("做了什么"))
    photos = PhotosField()

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.support_done(actor, case, note=self.cleaned_data["note"], **more)


class Extend(ActForm):
    act = "extend"
    submit = _("延期")
    lead = _("到期以前才能延期；说明会让诉求人看到。")

    amount = forms.IntegerField(
        label=_("延长多少"), min_value=1, max_value=365, error_messages={"required": _("请写延期多少。")}
    )
    note = note(_("给诉求人的说明"))

    def set_up(self) -> None:
        clock = next((c for c in self.shown.handling.state.clocks if c.code == "answer" and c.ticking), None)
        most = self.shown.handling.definition.extend_most
        given = sum(extension[0] for extension in clock.extensions) if clock else 0
        units = {
            "minutes": _("分钟"),
            "hours": _("小时"),
            "working_hours": _("工作小时"),
            "days": _("天"),
            "working_days": _("个工作日"),
            "months": _("个月"),
        }
        unit = units.get(clock.unit, "") if clock else ""
        self.fields["amount"].help_text = _("单位：%(unit)s。累计最多 %(most)s，已延 %(given)s。") % {
            "unit": unit,
            "most": most or "—",
            "given": given,
        }

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.extend(actor, case, amount=self.cleaned_data["amount"], note=self.cleaned_data["note"], **more)


class AskExtension(Extend):
    act = "ask_extension"
    submit = _("申请延期")
    lead = _("这件是市热线转来的，延期由市热线审核。到期以前才能申请；同意以后，说明会让诉求人看到。")

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        said = self.cleaned_data
        return commands.ask_extension(actor, case, amount=said["amount"], note=said["note"], **more)


class Pause(ActForm):
    act = "pause"
    submit = _("暂停")
    lead = _("暂停期间时限不走；原因会让诉求人看到。")

    reason = forms.ChoiceField(label=_("原因"), error_messages={"required": _("请选原因。")})
    note = note(_("给诉求人的说明"))

    def set_up(self) -> None:
        offer(self, "reason", choices_of(self.shown.handling.definition.pause_reasons))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.pause(actor, case, reason=self.cleaned_data["reason"], note=self.cleaned_data["note"], **more)


class Resume(ActForm):
    act = "resume"
    submit = _("恢复办理")

    note = note(_("说明"), required=False, rows=2)

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.resume(actor, case, note=self.cleaned_data["note"], **more)


class Answer(ActForm):
    act = "answer"
    submit = _("答复")
    lead = _("诉求人会看到这段话；答复以后转派单台回访。")

    note = note(_("给诉求人的答复"), rows=5, help_text=_("写清做了什么、结果怎样；办不到的写明原因和依据。"))
    photos = PhotosField(_("办理后的照片或材料"))

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.answer(actor, case, note=self.cleaned_data["note"], **more)


class Supplement(ActForm):
    act = "supplement"
    submit = _("补充")

    note = note(_("补充情况"))
    photos = PhotosField()

    def perform(self, actor: Actor, case: int, **more: Any) -> Any:
        return commands.supplement(actor, case, note=self.cleaned_data["note"], **more)
