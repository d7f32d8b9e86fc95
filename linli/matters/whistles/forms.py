"""The shape of input for whistles: the new one, every act, the filter bar. Each form calls its command and nothing else."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base import policies
from linli.base.actor import Actor
from linli.base.ui.inputs import MomentsBar, PhotosField, day, note, offer
from linli.matters.whistles import commands
from linli.matters.whistles.queries import may_be_called
from linli.matters.whistles.rules import SCORE_MOST, TOPIC_MOST
from linli.matters.whistles.showing import Shown
from linli.people.organisations.queries import directory
from linli.places.addresses.models import Compound
from linli.places.regions import locating
from linli.procedures.definitions import definition

REGIONS_MOST = 60


def unit_field(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, choices=[], error_messages={"required": _("请选单位。")})


def _names(ids: Any) -> list[tuple[Any, Any]]:
    return [("", _("请选择")), *((one, directory().label(one)) for one in ids)]


def _kinds() -> list[tuple[str, str]]:
    return list(definition(policies.load("procedure.whistle").id).classes.items())


def places_of(actor: Actor) -> list[tuple[str, str]]:
    """Compounds and regions this actor works in, as one list of choices: `c<id>` or a region code."""
    prefix = next(iter(actor.regions), "")
    names = locating.index().names
    compounds = (
        Compound.objects.filter(region_code__startswith=prefix, valid_to=None).order_by("name") if prefix else ()
    )
    regions = sorted(code for code in names if prefix and code.startswith(prefix) and len(code) >= 12)
    found: list[Any] = [("", _("请选择"))]
    if listed := [(f"c{one.pk}", one.name) for one in compounds[:200]]:
        found.append((_("小区"), listed))
    if regions:
        found.append((_("社区网格"), [(code, names[code]) for code in regions[:REGIONS_MOST]]))
    return found


class WhistleForm(forms.Form):
    """A new whistle, made to be filled in with one thumb: kind, whom, where, what."""

    kind = forms.ChoiceField(
        label=_("哪一类"), widget=forms.RadioSelect, error_messages={"required": _("请选是哪一类吹哨。")}
    )
    topic = forms.CharField(
        label=_("什么事"), max_length=TOPIC_MOST, error_messages={"required": _("请写明为什么事吹哨。")}
    )
    departments = forms.TypedMultipleChoiceField(
        label=_("叫哪些部门"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一个部门。")},
    )
    place = forms.ChoiceField(label=_("在哪里"), required=False)
    place_text = forms.CharField(label=_("具体位置"), required=False, max_length=200)
    text = note(_("现场情况"), rows=4)
    photos = PhotosField(_("现场照片"), accept="image/*,.pdf")
    case = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor, case: Any = None) -> None:
        super().__init__(data, files, label_suffix="")
        self.source = case
        offer(self, "kind", _kinds())
        offer(self, "place", places_of(actor))
        prefix = next(iter(actor.regions), "") or (case.proceeding.region_code if case else "")
        offer(self, "departments", [(one.id, one.name) for one in may_be_called(prefix, without=actor.organisation_id)])
        if case is not None:
            self.initial = {
                **self.initial,
                "case": case.pk,
                "topic": case.proceeding.title[:TOPIC_MOST],
                "place_text": case.place_text,
            }
            self.fields["place"].help_text = _("不选就用诉求的地点。")
        else:
            self.fields["place"].required = True
            self.fields["place"].error_messages["required"] = _("请选地点。")

    def perform(self, actor: Actor, **more: Any) -> Any:
        said = self.cleaned_data
        place = said["place"]
        return commands.whistle(
            actor,
            topic=said["topic"],
            kind=said["kind"],
            departments=said["departments"],
            text=said["text"],
            region_code="" if place.startswith("c") else place,
            compound_id=int(place[1:]) if place.startswith("c") else None,
            place_text=said["place_text"],
            case=self.source.pk if self.source is not None else None,
            **more,
        )

    def field_of(self, name: str | None) -> str | None:
        return name if name in self.fields else "place" if name in ("region_code", "compound_id", "longitude") else None


class ActForm(forms.Form):
    """A form for one act on one whistle."""

    act: ClassVar[str] = ""
    submit: ClassVar[Any] = ""
    lead: ClassVar[Any] = ""
    danger: ClassVar[bool] = False

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor, shown: Shown) -> None:
        super().__init__(data, files, auto_id=f"id_{self.act}_%s", initial={"seen": shown.seen}, label_suffix="")
        self.actor, self.shown = actor, shown
        self.set_up()

    def set_up(self) -> None:
        """Fill choices from what the page shows."""

    @property
    def title(self) -> str:
        return self.shown.handling.definition.acts[self.act].name

    def perform(self, actor: Actor, whistle: Any, **more: Any) -> Any:
        """Call the command of the act with everything that was typed."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "photos")}
        return getattr(commands, self.act)(actor, whistle, **{k: v for k, v in said.items() if v is not None}, **more)

    def field_of(self, name: str | None) -> str | None:
        return name if name in self.fields else None

    def called(self, *statuses: str) -> list[int]:
        return [one.id for one in self.shown.departments if one.status in statuses]


class Arrive(ActForm):
    act = "arrive"
    submit = _("我们到了")
    lead = _("记下的时间就是现在。位置只在您填了的时候、只记这一次。")

    note = note(_("到场情况"), required=False, rows=2)
    photos = PhotosField(_("到场照片"), accept="image/*,.pdf", help_text=_("需要时才拍；人脸和门牌不要入镜。"))
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)

    def field_of(self, name: str | None) -> str | None:
        return None if name == "longitude" else super().field_of(name)


class Work(ActForm):
    act = "work"
    submit = _("记下处置")

    note = note(_("做了什么"))
    photos = PhotosField(_("现场照片"), accept="image/*,.pdf", help_text=_("需要时才拍；人脸和门牌不要入镜。"))


class Finish(ActForm):
    act = "finish"
    submit = _("报处置完成")
    lead = _("叫到的部门都报完成以后，由吹哨方确认。")

    note = note(_("处置结果"))
    photos = PhotosField(_("处置后的照片"), accept="image/*,.pdf")


class Call(ActForm):
    act = "call"
    submit = _("呼叫")

    to = unit_field(_("再叫哪个部门"))
    note = note(_("请他们做什么"), required=False, rows=2)

    def set_up(self) -> None:
        there = {one.id for one in self.shown.departments} | {self.actor.organisation_id}
        found = may_be_called(self.shown.handling.region_code)
        offer(self, "to", _names(one.id for one in found if one.id not in there))

    def field_of(self, name: str | None) -> str | None:
        return "to" if name == "departments" else super().field_of(name)


class StandDown(ActForm):
    act = "stand_down"
    submit = _("撤回呼叫")
    lead = _("到场时限已过再撤回的，仍算这个部门没有到。")
    danger = True

    to = unit_field(_("撤回哪个部门"))
    note = note(_("为什么不用来了"), rows=2)

    def set_up(self) -> None:
        offer(self, "to", _names(self.called("offered")))


class Split(ActForm):
    act = "split"
    submit = _("分出任务")
    lead = _("任务单独计时；没有验收以前，这次吹哨不能确认办结。")

    topic = forms.CharField(label=_("什么任务"), max_length=TOPIC_MOST, error_messages={"required": _("请写明任务。")})
    to = unit_field(_("交给谁"))
    note = note(_("要求"), rows=2)

    def set_up(self) -> None:
        offer(self, "to", _names([*(one.id for one in self.shown.departments), self.shown.handling.state.holder]))


class SendBack(ActForm):
    act = "send_back"
    submit = _("退回续办")

    to = unit_field(_("退给哪个部门"))
    note = note(_("还差什么"))

    def set_up(self) -> None:
        offer(self, "to", _names(self.called("done")))


class Confirm(ActForm):
    act = "confirm"
    submit = _("确认办结")
    lead = _("只有吹哨方能确认。确认以后双方互评。")

    result = forms.ChoiceField(
        label=_("办得怎么样"), widget=forms.RadioSelect, error_messages={"required": _("请选办得怎么样。")}
    )
    note = note(_("说明"), required=False, help_text=_("没有完全解决的要写明情况。"))

    def set_up(self) -> None:
        results = self.shown.handling.definition.results.values()
        offer(self, "result", [(one.code, one.name) for one in results])


class Rate(ActForm):
    act = "rate"
    submit = _("评价")
    lead = _("评的是这一次配合得怎么样；双方都评完，这次吹哨就结案。")

    of = unit_field(_("评价谁"))
    score = forms.TypedChoiceField(
        label=_("打几分"),
        coerce=int,
        choices=[(n, str(n)) for n in range(SCORE_MOST, 0, -1)],
        widget=forms.RadioSelect,
        help_text=_("5 分最好，1 分最差。"),
        error_messages={"required": _("请打分。")},
    )
    note = note(_("意见"), required=False, rows=2, help_text=_("2 分和 1 分要写原因。"))

    def set_up(self) -> None:
        offer(self, "of", _names(self.shown.owed)[1:] if len(self.shown.owed) == 1 else _names(self.shown.owed))


ACT_FORMS: dict[str, type[ActForm]] = {
    form.act: form for form in (Arrive, Work, Finish, Call, StandDown, Split, SendBack, Confirm, Rate)
}


class WhistleFilter(MomentsBar):
    q = forms.CharField(label=_("搜索"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("类别"), required=False)
    step = forms.ChoiceField(label=_("环节"), required=False)
    unit = forms.TypedChoiceField(label=_("单位"), required=False, coerce=int, empty_value=None)
    region = forms.ChoiceField(label=_("社区网格"), required=False)
    since = day(_("吹哨从"))
    until = day(_("到"))
    tab = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    figure = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        shape = definition(policies.load("procedure.whistle").id)
        everything = [("", _("全部"))]
        offer(self, "kind", everything + list(shape.classes.items()))
        offer(self, "step", everything + [(step.code, step.name) for step in shape.steps.values()])
        prefix = next(iter(actor.regions), "")
        names = locating.index().names
        mine = sorted(code for code in names if prefix and len(code) >= 12 and code.startswith(prefix))
        mine = [code for code in mine if len(code) == 12] if len(mine) > REGIONS_MOST else mine
        offer(self, "region", everything + [(code, names[code]) for code in mine[:REGIONS_MOST]])
        own = directory().by_id.get(actor.organisation_id or 0)
        street = prefix or (own.region_code if own else "")
        units = may_be_called(street) if street else []
        offer(self, "unit", everything + [(one.id, one.label) for one in units])


class FiguresFilter(WhistleFilter):
    """The same bar without what figures do not know."""

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, actor=actor)
        for name in ("q", "step", "unit", "tab", "figure"):
            del self.fields[name]
