"""The shape of what is typed about party organisations and their members."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base import policies
from linli.base.actor import Actor
from linli.base.ui.inputs import day
from linli.people.organisations.models import Organisation
from linli.people.organisations.register_forms import places_of
from linli.people.organisations.rules import PARTY, REGISTERED
from linli.people.party import queries, rules
from linli.people.party.commands import Into
from linli.people.party.commands.common import KINDS, today
from linli.people.party.models import PartyOrganisation
from linli.places.addresses.models import Building

Choices = list[tuple[str, Any]]
KIND_CHOICES = [(code, label) for code, label in Organisation.Kind.choices if code in PARTY]
MORE_MOST = 400
# A functional branch or alliance; the committee of an area with its member units (区域党委、大工委、联合党委).
ALLIED = ("branch", "party_committee")


def domain_choices() -> Choices:
    return [*rules.domains(policies.load("party").data)]


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    """Fill the choices of a field."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]


def organisation_choices(actor: Actor, kinds: tuple[str, ...] = PARTY, *, above: bool = False) -> Choices:
    """Party organisations in being where the actor works; with those above it, which may be parents."""
    rows = queries.visible_to(actor).filter(queries.being(today()), kind__in=kinds)
    rows = rows if above else rows.filter(queries.below(actor))
    return [(str(key), name) for key, name in rows.order_by("region_code", "kind", "id").values_list("pk", "name")]


def homes(actor: Actor, *, without: int = 0) -> Choices:
    """Branches that members may belong to."""
    rows = queries.branches(actor, today()).exclude(pk=without)
    return [(str(row.pk), f"{row.name}（{row.members}）") for row in rows]  # type: ignore[attr-defined]


def unit_choices(actor: Actor, chosen: Iterable[str] = ()) -> Choices:
    """Units of the register where the actor works, those already chosen first; of very many, the first by place."""
    rows = Organisation.objects.filter(queries.below(actor), kind__in=REGISTERED, valid_to=None)
    keys = [int(key) for key in chosen if str(key).isdigit()]
    first = rows.filter(pk__in=keys).order_by("name") if keys else ()
    others = rows.exclude(pk__in=keys).order_by("region_code", "name")[:MORE_MOST]
    return [(str(row.pk), row.name) for some in (first, others) for row in some]


def building_choices(actor: Actor, prefix: str = "", chosen: Iterable[str] = ()) -> Choices:
    """Buildings where the actor works, those already chosen first."""
    rows = Building.objects.filter(queries.below(actor, "compound__region_code"), valid_to=None)
    rows = rows.select_related("compound")
    keys = [int(key) for key in chosen if str(key).isdigit()]
    first = rows.filter(pk__in=keys) if keys else ()
    others = rows.filter(compound__region_code__startswith=prefix).exclude(pk__in=keys)
    others = others.order_by("compound__region_code", "compound_id", "order")[:MORE_MOST]
    return [(str(row.pk), str(row)) for some in (first, others) for row in some]


def card_choices(actor: Actor, branch: int | None = None) -> Choices:
    """Cards of one branch, or of all where the actor keeps the rolls, masked, by branch."""
    if not actor.may("party.cards"):
        return []
    chosen = {"organisation": branch} if branch is not None else {}
    rows = queries.roll(actor, chosen, today()).order_by("branch", "pk")[:MORE_MOST]  # type: ignore[misc]
    groups: dict[str, Choices] = {}
    for card in rows:
        stage = "" if card.formal_on else " · 预备"
        groups.setdefault(card.branch or "", []).append((str(card.pk), f"{card.name!s}（{card.pk}）{stage}"))  # type: ignore[attr-defined]
    return list(groups.items())


def picked(keys: list[str]) -> list[int]:
    return [int(key) for key in keys]


class _Act(forms.Form):
    """Every act: its day and the document it rests on."""

    on = day(_("生效日"), help_text=_("空着就是今天。"))
    basis = forms.CharField(label=_("批准文件"), max_length=120, help_text=_("如：文号、党委会决定。"))

    # Whether the members of another branch are chosen from: that branch is then asked for above the form.
    ASKS = False

    def __init__(
        self, data: Any, *, actor: Actor, row: Organisation | None = None, source: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.actor, self.row, self.source = actor, row, source
        self.fill()

    def fill(self) -> None:
        """Fill the choices."""

    def chosen(self, name: str) -> list[str]:
        """What is chosen already: typed, or given with the address."""
        return self.data.getlist(name) if self.is_bound else list(self.initial.get(name, ()))  # type: ignore[attr-defined]

    def one(self, name: str) -> Organisation | None:
        chosen = self.cleaned_data.get(name)
        return Organisation.objects.get(pk=chosen) if chosen else None

    def several(self, name: str) -> list[Organisation]:
        return list(Organisation.objects.filter(pk__in=self.cleaned_data[name]).order_by("pk"))


def _select(label: Any, *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, help_text=help_text)


def _checks(label: Any, *, required: bool = False, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=required, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class FoundForm(_Act):
    """One more party organisation, of whichever form."""

    ASKS = True
    SHAPES = (
        ("found", _("成立")),
        ("join_units", _("成立联合党支部")),
        ("found_provisional", _("成立临时党支部")),
        ("found_alliance", _("成立功能型党组织（联盟、大工委）")),
        ("enter", _("登记已有的党组织")),
    )
    name = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类别"), choices=KIND_CHOICES)
    region_code = _select(_("所在社区或网格"))
    parent = _select(_("上级"), required=False)
    domain = _select(_("领域"))
    project = forms.CharField(label=_("所在工程或任务"), max_length=80, required=False)
    ends_by = day(_("期满日"))
    cards = _checks(_("编入的党员"), help_text=_("从现在所在的支部转来；临时和功能型的只编入，不转组织关系。"))
    units = _checks(_("覆盖单位"))
    buildings = _checks(_("楼栋"))
    exception = forms.CharField(label=_("例外理由"), max_length=200, required=False)

    PARTS = {
        "found": ("name", "kind", "region_code", "parent", "domain", "cards", "units", "buildings", "exception"),
        "join_units": ("name", "region_code", "parent", "domain", "units", "cards", "exception"),
        "found_provisional": ("name", "region_code", "parent", "domain", "project", "ends_by", "cards"),
        "found_alliance": ("name", "kind", "region_code", "parent", "domain", "units", "cards"),
        "enter": ("name", "kind", "region_code", "parent", "domain", "units", "buildings"),
    }

    def __init__(self, data: Any, *, actor: Actor, shape: str, **kwargs: Any) -> None:
        self.shape = shape
        super().__init__(data, actor=actor, **kwargs)

    def fill(self) -> None:
        parts = (*self.PARTS[self.shape], "on", "basis")
        for name in [name for name in self.fields if name not in parts]:
            del self.fields[name]
        self.order_fields(parts)
        places = [("", _("请选择")), *places_of(self.actor)]
        streets = [(code, _("全街道")) for code in self.actor.regions if len(code) == 9]
        offer(self, "region_code", [places[0], *streets, *places[1:]])
        offer(self, "parent", [("", "—"), *organisation_choices(self.actor, above=True)])
        offer(self, "domain", domain_choices())
        if "cards" in self.fields:
            offer(self, "cards", card_choices(self.actor, self.source) if self.source else [])
        if "units" in self.fields:
            offer(self, "units", unit_choices(self.actor, self.chosen("units")))
        if "buildings" in self.fields:
            offer(self, "buildings", building_choices(self.actor, chosen=self.chosen("buildings")))
        if self.shape == "found_alliance":
            offer(self, "kind", [one for one in KIND_CHOICES if one[0] in ALLIED])
        if self.shape == "enter":
            self.fields["on"].label = _("成立日期")
            self.fields["on"].help_text = _("不知道就空着。")

    @property
    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["parent"] = self.one("parent")
        if "units" in given:
            given["units"] = self.several("units")
        for name in ("cards", "buildings"):
            if name in given:
                given[name] = picked(given[name])
        if self.shape == "enter":
            given["founded_on"] = given.pop("on")
        return given


class RenameForm(_Act):
    name = forms.CharField(label=_("新名称"), max_length=80)
    short_name = forms.CharField(label=_("简称"), max_length=30, required=False)
    field_order = ("name", "short_name", "on", "basis")


class MoveForm(_Act):
    parent = _select(_("新的上级"))
    field_order = ("parent", "on", "basis")

    def fill(self) -> None:
        offer(self, "parent", organisation_choices(self.actor, above=True))

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"parent": self.one("parent")}


class SplitForm(_Act):
    """One branch in two: who stays and who goes."""

    carries_on = forms.BooleanField(label=_("原支部保留"), required=False, initial=True)
    name = forms.CharField(label=_("保留（或第一个新支部）的名称"), max_length=80)
    other = forms.CharField(label=_("另一个新支部的名称"), max_length=80)
    region_code = _select(_("另一个新支部所在网格"))
    cards = _checks(_("编到另一个新支部的党员"), required=True, help_text=_("没有勾选的留在前一个。"))
    exception = forms.CharField(label=_("例外理由"), max_length=200, required=False)
    field_order = ("carries_on", "name", "other", "region_code", "cards", "exception", "on", "basis")

    def fill(self) -> None:
        assert self.row is not None
        offer(self, "region_code", places_of(self.actor))
        offer(self, "cards", card_choices(self.actor, self.row.pk))

    @property
    def values(self) -> dict[str, Any]:
        assert self.row is not None
        given = self.cleaned_data
        going = picked(given["cards"])
        on = given["on"] or today()
        staying = [card for card in queries.members_of(self.row.pk, on) if card not in going]
        kept = self.row.pk if given["carries_on"] else None
        into = [
            Into(given["name"], tuple(staying), organisation=kept),
            Into(given["other"], tuple(going), region_code=given["region_code"]),
        ]
        return {"into": into, "on": given["on"], "basis": given["basis"], "exception": given["exception"]}


class MergeForm(_Act):
    others = _checks(_("并入的支部"), required=True)
    name = forms.CharField(label=_("合并后的名称"), max_length=80)
    exception = forms.CharField(label=_("例外理由"), max_length=200, required=False)
    field_order = ("others", "name", "exception", "on", "basis")

    def fill(self) -> None:
        assert self.row is not None
        offer(self, "others", homes(self.actor, without=self.row.pk))


class RegroupForm(_Act):
    """This branch and another, put together and divided anew."""

    ASKS = True
    name = forms.CharField(label=_("重组后第一个支部的名称"), max_length=80)
    other_name = forms.CharField(label=_("重组后第二个支部的名称"), max_length=80)
    cards = _checks(_("编到第二个支部的党员"), required=True, help_text=_("没有勾选的编到第一个。"))
    exception = forms.CharField(label=_("例外理由"), max_length=200, required=False)
    field_order = ("name", "other_name", "cards", "exception", "on", "basis")

    def fill(self) -> None:
        assert self.row is not None
        mine, theirs = card_choices(self.actor, self.row.pk), card_choices(self.actor, self.source or 0)
        offer(self, "cards", [*mine, *theirs] if self.source else [])


class DissolveForm(_Act):
    to = _select(_("党员编到"), required=False)
    field_order = ("to", "on", "basis")

    def fill(self) -> None:
        offer(self, "to", [("", "—"), *homes(self.actor, without=self.row.pk if self.row else 0)])

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"to": self.one("to")}


class CoverForm(_Act):
    units = _checks(_("覆盖单位"))
    buildings = _checks(_("楼栋"))
    exception = forms.CharField(label=_("例外理由"), max_length=200, required=False)
    field_order = ("buildings", "units", "exception", "on")

    def fill(self) -> None:
        assert self.row is not None
        del self.fields["basis"]
        offer(self, "units", unit_choices(self.actor, self.chosen("units")))
        offer(self, "buildings", building_choices(self.actor, self.row.region_code, self.chosen("buildings")))
        if self.row.kind == KINDS.PARTY_GROUP:
            del self.fields["units"]
            del self.fields["exception"]

    @property
    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if "units" in given:
            given["units"] = self.several("units")
        return given | {"buildings": picked(given["buildings"])}


class BeginTermForm(forms.Form):
    starts = day(_("本届起"), required=True)
    basis = forms.CharField(label=_("选举依据"), max_length=120)


class ElectForm(forms.Form):
    on = day(_("换届选举日"), required=True)
    result = forms.CharField(label=_("选举结果"), max_length=200)
    basis = forms.CharField(label=_("选举依据"), max_length=120)
    approval = forms.CharField(
        label=_("提前换届的批准文件"), max_length=120, required=False, help_text=_("提前半年以上换届才要写。")
    )


class PostponeForm(forms.Form):
    to = day(_("延期到"), required=True)
    approval = forms.CharField(label=_("批准文件"), max_length=120)


class DescribeForm(forms.Form):
    domain = forms.ChoiceField(label=_("领域"))
    exemplary = forms.ChoiceField(
        label=_("示范点"), required=False, choices=[("", _("不是")), *PartyOrganisation.Exemplary.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "domain", domain_choices())


class UndoForm(forms.Form):
    reason = forms.CharField(label=_("撤回原因"), max_length=120, help_text=_("如：文号登记错、拆分的支部选错。"))


class SurveyForm(forms.Form):
    members = forms.IntegerField(label=_("正式党员数"), min_value=0, max_value=100_000)
    source = forms.CharField(label=_("来源"), max_length=120)
    on = day(_("摸排日期"), help_text=_("空着就是今天。"))
