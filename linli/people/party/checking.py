"""What wants attention in how party organisations are set up: each check is a query, with its rule and its source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base import policies
from linli.base.actor import Actor
from linli.people.organisations.models import Organisation, Term
from linli.people.organisations.rules import PARTY, term_years
from linli.people.party import queries

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """found(actor, day) -> rows; name, why and source may take numbers of the policy by their names."""

    code: str
    name: Any
    why: Any
    source: str
    found: Callable[[Actor, date], QuerySet[Any]]
    searched: str
    line: Callable[[Any], Line]
    # What is done about one row: (act in words, its page).
    after: Callable[[Any], tuple[Any, str]]
    right: str = "party.act"

    def rows(self, actor: Actor, day: date, words: str = "") -> QuerySet[Any]:
        rows = self.found(actor, day)
        return rows.filter(**{f"{self.searched}__contains": words}) if words else rows

    def said(self, data: Mapping[str, Any]) -> dict[str, str]:
        numbers = {key: value for key, value in data.items() if isinstance(value, int | str)}
        return {
            "code": self.code,
            "name": str(self.name) % numbers,
            "why": str(self.why) % numbers,
            "source": str(data.get(self.source, "")) or self.source,
        }


def _least() -> Mapping[str, Any]:
    return policies.load("party").data


def _few(actor: Actor, day: date) -> QuerySet[Any]:
    return queries.branches(actor, day).filter(formal__lt=_least()["branch_min"])  # type: ignore[misc]


def _many(actor: Actor, day: date) -> QuerySet[Any]:
    return queries.branches(actor, day).filter(formal__gt=_least()["branch_max"])  # type: ignore[misc]


def _units(actor: Actor, day: date) -> QuerySet[Any]:
    return queries.units_due(actor, day, _least()["unit_min"])


def _overdue(actor: Actor, day: date) -> QuerySet[Any]:
    return queries.overdue(actor, day).filter(until__lt=day)  # type: ignore[misc]


def without_term(actor: Actor, day: date) -> QuerySet[Organisation]:
    """Party organisations that elect and have no running term on record."""
    kinds = [kind for kind in PARTY if term_years(policies.load("terms").data["terms"], kind, "community")]
    rows = queries.visible_to(actor).filter(queries.below(actor), valid_to=None, kind__in=kinds)
    rows = rows.filter(Q(party=None) | Q(party__form__in=("ordinary", "joint")))
    running = Term.objects.filter(organisation=OuterRef("pk"), held_on=None)
    return rows.exclude(Exists(running)).order_by("region_code", "id")


def _do(act: str, words: Any) -> Callable[[Any], tuple[Any, str]]:
    return lambda row: (words, reverse("party:do", args=[getattr(row, "organisation_id", row.pk), act]))


def _found(words: Any, **given: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, str]]:
    """The form of founding one, with what is known of it filled in."""
    return lambda row: (
        words,
        reverse("party:found", args=["found"], query={name: value(row) for name, value in given.items()}),
    )


def _organisation(row: Any) -> Line:
    return {
        "name": row.name,
        "url": reverse("party:page", args=[row.pk]),
        "kind": row.get_kind_display(),
        "region": row.region_code,
        "said": _("正式党员 %(count)d 人") % {"count": row.formal} if hasattr(row, "formal") else "",
    }


def _grid(row: Any) -> Line:
    return {
        "name": row.name,
        "url": reverse("regions:region", args=[row.code]),
        "kind": _("网格"),
        "region": row.code,
        "said": "",
    }


def _building(row: Any) -> Line:
    return {
        "name": str(row),
        "url": reverse("addresses:compound", args=[row.compound_id]),
        "kind": _("楼栋"),
        "region": row.compound.region_code,
        "said": "",
    }


def _unit(row: Any) -> Line:
    return {
        "name": row.name,
        "url": reverse("organisations:page", args=[row.pk]),
        "kind": row.get_kind_display(),
        "region": row.region_code,
        "said": _("正式党员 %(count)d 人") % {"count": max(row.surveyed, row.carded)},
    }


def _term(row: Any) -> Line:
    return _organisation(row.organisation) | {"said": _("%(day)s 届满") % {"day": row.until}}


def _expired(row: Any) -> Line:
    return _organisation(row) | {"said": _("%(day)s 期满") % {"day": row.party.ends_by}}


CHECKS = {
    one.code: one
    for one in (
        Check(
            "few",
            gettext_lazy("正式党员不足 %(branch_min)s 人的支部"),
            gettext_lazy("正式党员 %(branch_min)s 人以上才单独成立支部；与别的支部合并，或者联合组建。"),
            "branch_source",
            _few,
            "name",
            _organisation,
            _do("merge", gettext_lazy("合并")),
        ),
        Check(
            "many",
            gettext_lazy("正式党员超过 %(branch_max)s 人的支部"),
            gettext_lazy("支部一般不超过 %(branch_max)s 人；考虑拆分，或者改设总支。"),
            "branch_source",
            _many,
            "name",
            _organisation,
            _do("split", gettext_lazy("拆分")),
        ),
        Check(
            "grid",
            gettext_lazy("还没有党支部的网格"),
            gettext_lazy("支部建在网格上；由别的支部负责的网格，登记在那个支部的责任区里。"),
            "把支部建在网格上，做到党建全覆盖",
            queries.grids_without,
            "name",
            _grid,
            _found(gettext_lazy("成立网格党支部"), kind=lambda _row: "grid_branch", region_code=lambda row: row.code),
        ),
        Check(
            "building",
            gettext_lazy("还没有党小组的楼栋"),
            gettext_lazy("小组建在楼栋里；一个小组可以覆盖几栋楼。"),
            "把小组建在楼栋里",
            queries.buildings_without,
            "compound__name",
            _building,
            _found(
                gettext_lazy("成立党小组"),
                kind=lambda _row: "party_group",
                region_code=lambda row: row.region_code,
                buildings=lambda row: row.pk,
            ),
        ),
        Check(
            "unit",
            gettext_lazy("有 %(unit_min)s 名以上党员还没有党组织的企业和社会组织"),
            gettext_lazy("单独成立支部，或者编入联合党支部。人数按最近一次摸排。"),
            "branch_source",
            _units,
            "name",
            _unit,
            _found(
                gettext_lazy("成立党支部"),
                kind=lambda _row: "branch",
                region_code=lambda row: row.region_code[:12],
                domain=lambda row: "social" if row.kind == "social_organisation" else "enterprise",
                units=lambda row: row.pk,
            ),
        ),
        Check(
            "overdue",
            gettext_lazy("届满还没有换届的党组织"),
            gettext_lazy("届满应当换届；延期要经上级批准，一般不超过一年。"),
            "基层组织选举工作条例（2020-07-13）",
            _overdue,
            "organisation__name",
            _term,
            _do("elect", gettext_lazy("登记换届")),
            "party.elect",
        ),
        Check(
            "no_term",
            gettext_lazy("还没有登记本届的党组织"),
            gettext_lazy("登记本届从哪天开始，届满日和提醒就会算出来。"),
            "届期与换届提醒",
            without_term,
            "name",
            _organisation,
            _do("begin_term", gettext_lazy("登记本届")),
            "party.elect",
        ),
        Check(
            "expired",
            gettext_lazy("期满还没有撤销的临时党支部"),
            gettext_lazy("临时党支部期满撤销；不选举，不转组织关系。"),
            "支部工作条例",
            queries.expired,
            "name",
            _expired,
            _do("dissolve", gettext_lazy("撤销")),
        ),
    )
}


def counted(actor: Actor, day: date) -> list[dict[str, Any]]:
    """Every check with how many it finds."""
    data = policies.load("party").data
    return [one.said(data) | {"count": one.rows(actor, day).count()} for one in CHECKS.values()]
