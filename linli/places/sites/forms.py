"""The shape of input for sites, things and construction sites."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.facts.asking import add_given, given_of
from linli.base.facts.noting import Given
from linli.base.ui.inputs import DayField, PhotosField
from linli.places.addresses.placing import PlacedForm, RegisterFilter
from linli.places.sites import hours, policy
from linli.places.sites.commands import NewConstruction, NewSite, NewThing
from linli.places.sites.models import Site, Thing

PHOTOS_MOST = 6
SORTS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "place": ("region_code", "name", "id"),
    "-place": ("-region_code", "name", "id"),
    "kind": ("kind", "name", "id"),
    "-kind": ("-kind", "name", "id"),
    "state": ("state", "region_code", "name", "id"),
    "-state": ("-state", "region_code", "name", "id"),
    "ends": ("ends", "name", "id"),
    "-ends": ("-ends", "name", "id"),
}


def _all(choices: Callable[[], Iterable[Any]]) -> Callable[[], list[Any]]:
    """Choices of a filter, read from the policy when the form is made."""
    return lambda: [("", _("全部")), *choices()]


class SiteFilter(RegisterFilter):
    """Sites: where, of which kind, with which service."""

    kind = forms.ChoiceField(label=_("类别"), required=False, choices=_all(lambda: policy.site_kinds().items()))
    service = forms.ChoiceField(label=_("服务"), required=False, choices=_all(lambda: policy.services().items()))

    field_order = ("q", "place", "kind", "service", "closed")


class ThingFilter(RegisterFilter):
    """Things: where, of which class, in which state."""

    kind = forms.ChoiceField(
        label=_("类别"), required=False, choices=_all(lambda: [(name, name) for name, _kinds in policy.thing_kinds()])
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=_all(lambda: Thing.State.choices))

    field_order = ("q", "place", "kind", "state", "closed")


class ConstructionFilter(RegisterFilter):
    """Construction sites: where, and whether building goes on."""

    stage = forms.ChoiceField(
        label=_("进度"),
        required=False,
        choices=[("", _("全部")), ("now", _("在建")), ("soon", _("未开工")), ("late", _("过了计划完工日"))],
    )

    field_order = ("q", "place", "stage", "closed")


class PublicFilter(RegisterFilter):
    """Where a resident may go, and what for."""

    service = forms.ChoiceField(label=_("想办什么"), required=False, choices=_all(lambda: policy.services().items()))
    open = forms.BooleanField(label=_("只看现在开着的"), required=False)

    closed = None  # type: ignore[assignment]  # what is closed for good is no place to go
    field_order = ("q", "place", "service", "open")


class CircleFilter(RegisterFilter):
    """Where, and which service; without a service all of them are set against each other."""

    service = forms.ChoiceField(
        label=_("服务"),
        required=False,
        choices=lambda: [("", _("各项服务")), *policy.circle_services().items()],
    )

    q = closed = None  # type: ignore[assignment]
    field_order = ("place", "service")


class _Entered(PlacedForm):
    """What every form of this room has in common: a name, words for the spot, and where the facts come from."""

    name = forms.CharField(label=_("名称"), max_length=60)
    address = forms.CharField(
        label=_("具体位置"), max_length=120, required=False, help_text=_("如：3号楼东侧、南门内。")
    )
    photos = PhotosField(_("照片"), accept="image/*")

    columns: Sequence[str] = ("name", "address", "region_code", "longitude", "latitude")

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        actor: Actor,
        row: Any = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        initial = {name: getattr(row, name) for name in self.columns} if row is not None else {}
        super().__init__(data, actor=actor, row=row, initial={**initial, **(more or {})})
        self.files = files if files is not None else {}
        add_given(self, reason=row is not None)

    @property
    def given(self) -> Given:
        return given_of(self.cleaned_data)

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the columns."""
        return {name: self.cleaned_data[name] for name in self.columns}


class SiteForm(_Entered):
    """One site of service."""

    kind = forms.ChoiceField(label=_("类别"))
    services = forms.MultipleChoiceField(label=_("提供的服务"), required=False, widget=forms.CheckboxSelectMultiple)
    hours = forms.CharField(
        label=_("开放时间"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("如：周一至周五 9:00-12:00 13:30-17:30；周六 9:00-12:00。没写到的日子算休息。"),
    )
    follows_calendar = forms.BooleanField(
        label=_("节假日按工作日历"),
        required=False,
        help_text=_("法定节假日不开，调休上班的周末照工作日开；个别日子另登记特别开放时间。"),
    )
    service_phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)
    notice = forms.CharField(label=_("说明"), max_length=300, required=False)

    field_order = (
        "name",
        "kind",
        "services",
        "hours",
        "follows_calendar",
        "service_phone",
        "notice",
        "photos",
        "address",
        "region_code",
    )
    columns = (
        "name",
        "kind",
        "follows_calendar",
        "service_phone",
        "notice",
        "address",
        "region_code",
        "longitude",
        "latitude",
    )

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor, row: Site | None = None) -> None:
        more = {}
        if row is not None:
            more = {
                "hours": hours.said(row.hours or hours.CLOSED_WEEK),
                "services": list(row.services.values_list("service", flat=True)),
            }
        super().__init__(data, files, actor=actor, row=row, more=more)
        self.fields["photos"].help_text = _("照片会给居民看，不要拍到人。")
        self.fields["kind"].choices = list(policy.site_kinds().items())  # type: ignore[attr-defined]
        self.fields["services"].choices = list(policy.services().items())  # type: ignore[attr-defined]

    @property
    def new(self) -> NewSite:
        said = self.cleaned_data
        return NewSite(**self.values(), hours=said["hours"], services=tuple(said["services"]))


class ThingForm(_Entered):
    """One thing, with photos."""

    kind = forms.ChoiceField(label=_("类别"))
    state = forms.ChoiceField(label=_("状态"), choices=Thing.State.choices, initial=Thing.State.GOOD)
    mark = forms.CharField(
        label=_("标识码"), max_length=30, required=False, help_text=_("部件上的编号牌，没有就不填。")
    )
    keeper = forms.CharField(label=_("养护单位"), max_length=80, required=False)

    field_order = ("name", "kind", "state", "mark", "keeper", "photos", "address", "region_code")
    columns = ("name", "kind", "state", "mark", "keeper", "address", "region_code", "longitude", "latitude")

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor, row: Thing | None = None) -> None:
        super().__init__(data, files, actor=actor, row=row)
        choices: list[Any] = policy.thing_kinds()
        if row is not None and row.kind not in {name for _class, kinds in choices for name, _label in kinds}:
            choices = [*choices, (row.kind, row.kind)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    @property
    def new(self) -> NewThing:
        return NewThing(**self.values())


class ConstructionForm(_Entered):
    """One construction site."""

    builder = forms.CharField(label=_("施工单位"), max_length=80)
    service_phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)
    starts = DayField(label=_("开工"))
    ends = DayField(label=_("计划完工"), required=False)
    work_from = forms.TimeField(label=_("允许施工自"), initial="06:00", widget=forms.TimeInput(format="%H:%M"))
    work_to = forms.TimeField(label=_("允许施工至"), initial="22:00", widget=forms.TimeInput(format="%H:%M"))

    field_order = (
        "name",
        "builder",
        "service_phone",
        "starts",
        "ends",
        "work_from",
        "work_to",
        "photos",
        "address",
        "region_code",
    )
    columns = (
        "name", "builder", "service_phone", "starts", "ends", "work_from", "work_to", "address", "region_code", "longitude",
        "latitude",
    )  # fmt: skip

    @property
    def new(self) -> NewConstruction:
        return NewConstruction(**self.values())


class ExceptionForm(forms.Form):
    """Days with other hours."""

    starts = DayField(label=_("自"))
    ends = DayField(label=_("至"), required=False)
    spans = forms.CharField(
        label=_("开放时间"), max_length=80, required=False, help_text=_("如 10:00-15:00；不填就是休息。")
    )
    note = forms.CharField(label=_("说明"), max_length=60, required=False, help_text=_("如：春节、内部装修。"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")


class RemoveForm(forms.Form):
    """Why a photo is taken off."""

    reason = forms.CharField(
        label=_("原因"), max_length=200, help_text=_("如：拍到了人脸、拍错了地方。照片和原图都会删掉，找不回来。")
    )
