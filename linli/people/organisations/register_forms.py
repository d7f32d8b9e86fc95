"""The shape of what is typed about the register: one unit, its corrections, whom it serves, its contacts and terms."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.facts.noting import Given
from linli.base.ui.inputs import FilterBar, day, offer
from linli.people.organisations.commands.checking import today
from linli.people.organisations.models import Organisation
from linli.people.organisations.rules import REGISTERED
from linli.places.addresses.models import Building, Compound
from linli.places.regions import queries as regions
from linli.places.regions.models import Region
from linli.places.regions.rules import Level

Choices = list[tuple[str, Any]]
KINDS = [(code, label) for code, label in Organisation.Kind.choices if code in REGISTERED]
WITH_SOURCE = ("source", "as_of", "reason")


def places_of(actor: Actor) -> Choices:
    """Communities and grids where this actor keeps the register, by sub-district."""
    rows = regions.current(Region.objects.filter(level__gte=Level.SUB_DISTRICT)).order_by("code")
    groups: dict[str, tuple[str, Choices]] = {}
    streets: dict[str, str] = {}
    for code, level, name in rows.values_list("code", "level", "short_name"):
        if level == Level.SUB_DISTRICT:
            streets[code] = name
        elif actor.everything or any(code.startswith(prefix) for prefix in actor.regions):
            indent = "\u3000" if level == Level.GRID else ""
            groups.setdefault(code[:9], (streets.get(code[:9], ""), []))[1].append((code, indent + name))
    return list(groups.values())


def compounds_of(actor: Actor) -> Choices:
    rows = Compound.objects.filter(valid_to=None).order_by("region_code", "search_name")
    if not actor.everything:
        rows = rows.filter(regions.in_subtrees(actor.regions, "region_code"))
    return [(str(key), name) for key, name in rows.values_list("pk", "name")]


class RegisterFilter(forms.Form):
    q = forms.CharField(label=_("名称"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *KINDS])
    place = forms.ChoiceField(label=_("社区"), required=False)
    code = forms.ChoiceField(label=_("信用代码"), required=False, choices=[("", _("全部")), ("none", _("还没有登记"))])
    on = day(_("截至哪天"))
    closed = forms.BooleanField(label=_("含已注销"), required=False)

    def __init__(self, given: Any, actor: Actor) -> None:
        super().__init__(given, label_suffix="")
        self.fields["place"].choices = [("", _("全部")), *places_of(actor)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class _Sourced(forms.Form):
    source = forms.CharField(
        label=_("来源"), max_length=120, required=False, help_text=_("如：走访登记、营业执照、备案表。")
    )
    as_of = day(_("截至日期"), help_text=_("空着就是今天。"))

    @property
    def given(self) -> Given:
        said = {name: self.cleaned_data.get(name) for name in WITH_SOURCE}
        return Given(source=said["source"] or "", as_of=said["as_of"], reason=said["reason"] or "")


class _Unit(_Sourced):
    unified_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=24, required=False, help_text=_("18 位，可以先空着。")
    )
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    service_phone = forms.CharField(label=_("服务电话"), max_length=30, required=False, help_text=_("对外公开的电话。"))
    region_code = forms.ChoiceField(label=_("所在社区或网格"))
    compound = forms.ChoiceField(label=_("小区"), required=False)
    valid_from = day(_("成立日期"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["region_code"].choices = [("", _("请选择")), *places_of(actor)]  # type: ignore[attr-defined]
        self.fields["compound"].choices = [("", "—"), *compounds_of(actor)]  # type: ignore[attr-defined]

    def clean_compound(self) -> Compound | None:
        chosen = self.cleaned_data["compound"]
        return Compound.objects.get(pk=chosen) if chosen else None

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in WITH_SOURCE}


class EnterForm(_Unit):
    name = forms.CharField(label=_("名称"), max_length=80)
    short_name = forms.CharField(label=_("简称"), max_length=30, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=[("", _("请选择")), *KINDS])

    field_order = ("name", "short_name", "kind", "unified_code", "region_code", "compound", "address")


class CorrectForm(_Unit):
    building = forms.ChoiceField(label=_("楼栋"), required=False)
    reason = forms.CharField(label=_("更正原因"), max_length=200)

    def __init__(self, *args: Any, actor: Actor, row: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        there = Building.objects.filter(compound_id=row.compound_id or 0, valid_to=None)
        self.fields["building"].choices = [("", "—"), *((str(one.pk), one.name) for one in there)]  # type: ignore[attr-defined]

    def clean_building(self) -> Building | None:
        chosen = self.cleaned_data["building"]
        return Building.objects.get(pk=chosen) if chosen else None


class LeaveForm(forms.Form):
    basis = forms.CharField(label=_("原因"), max_length=120)
    on = day(_("注销日期"), help_text=_("空着就是今天。"))


class ServeForm(forms.Form):
    compound = forms.ChoiceField(label=_("小区"))
    starts = day(_("从"), required=True)
    ends = day(_("到"), help_text=_("还在服务就空着。"))
    basis = forms.CharField(label=_("合同或依据"), max_length=120, required=False)
    party_led_since = day(_("党建引领从"), help_text=_("不是“红色物业”就空着。"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["compound"].choices = [("", _("请选择")), *compounds_of(actor)]  # type: ignore[attr-defined]

    def clean_compound(self) -> Compound:
        return Compound.objects.get(pk=self.cleaned_data["compound"])


class ContactForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = forms.CharField(
        label=_("本人电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text=_("密封保存，查看要写明用途；对外公开的电话写在“服务电话”里。"),
    )
    title = forms.CharField(label=_("职务"), max_length=40, required=False)


class MergeForm(forms.Form):
    """Two records of one unit: which of them stays."""

    keep = forms.ChoiceField(label=_("保留哪一份"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("怎么知道是同一家"), max_length=200)

    def __init__(self, data: Any, *, choices: list[tuple[str, str]]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]


class BeginTermForm(forms.Form):
    starts = day(_("本届起"), required=True)
    due_on = day(_("届满日"), required=True)
    basis = forms.CharField(label=_("选举依据"), max_length=120, required=False)


class ElectForm(forms.Form):
    on = day(_("换届选举日"), required=True)
    due_on = day(_("新一届届满日"), required=True)
    result = forms.CharField(label=_("选举结果"), max_length=200)
    basis = forms.CharField(label=_("选举依据"), max_length=120, required=False)
    approval = forms.CharField(
        label=_("提前换届的批准文件"), max_length=120, required=False, help_text=_("提前半年以上换届才要写。")
    )


class PostponeForm(forms.Form):
    to = day(_("延期到"), required=True)
    approval = forms.CharField(label=_("批准文件"), max_length=120)


class PeriodFilter(forms.Form):
    """A stretch of days for figures; without one, so many days up to today."""

    DAYS = 0

    since = day(_("从"))
    until = day(_("到"))

    @property
    def period(self) -> tuple[date, date]:
        self.is_valid()
        until = self.cleaned_data.get("until") or today()
        return min(self.cleaned_data.get("since") or until - timedelta(days=self.DAYS), until), until


class ServiceFilter(FilterBar):
    q = forms.CharField(label=_("小区或企业"), required=False, max_length=60)
    place = forms.ChoiceField(label=_("社区"), required=False)
    led = forms.ChoiceField(
        label=_("党建引领"), required=False, choices=[("", _("全部")), ("yes", _("红色物业")), ("no", _("还不是"))]
    )
    on = day(_("截至哪天"))

    def __init__(self, data: Any, actor: Actor) -> None:
        super().__init__(data)
        offer(self, "place", [("", _("全部")), *places_of(actor)])


class TermFilter(forms.Form):
    q = forms.CharField(label=_("组织"), required=False, max_length=60)
    near = forms.ChoiceField(
        label=_("离届满"),
        required=False,
        choices=[
            ("", _("全部")),
            ("over", _("已超期")),
            ("1", _("1 个月内")),
            ("3", _("3 个月内")),
            ("6", _("6 个月内")),
            ("waiting", _("有提醒没知悉")),
        ],
    )
