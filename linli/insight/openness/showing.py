"""The tables of a release as pages and sheets show them: names, numbers, rates, and what is kept back."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from linli.insight.indicators.rules import rounded
from linli.insight.openness import rules

KEPT_BACK = "—"


def words() -> dict[str, str]:
    """Names of what is counted."""
    return {
        "filed": _("受理"),
        "proactive": _("主动发现"),
        "answered": _("答复"),
        "on_time": _("按期答复"),
        "late": _("超期答复"),
        "reachable": _("有效回访"),
        "contacted": _("联系过诉求人"),
        "not_contacted": _("没有联系过"),
        "resolved": _("已解决"),
        "not_resolved": _("未解决"),
        "satisfied": _("满意"),
        "basic": _("基本满意"),
        "dissatisfied": _("不满意"),
        "unstated": _("没有说"),
    }


def number(value: int | None) -> str:
    return KEPT_BACK if value is None else f"{value:,}"


def percent(value: Fraction | None) -> str:
    return KEPT_BACK if value is None else f"{rounded(value * 100, 1)}%"


def rates(tables: Mapping[str, Any]) -> dict[str, str]:
    """The four rates, made of what is shown and of nothing else."""
    stars = tables["stars"]
    return {
        "on_time": percent(rules.share(stars, "answering", "on_time")),
        "response": percent(rules.share(stars, "contact", "contacted")),
        "resolution": percent(rules.share(stars, "resolution", "resolved")),
        "satisfaction": percent(rules.satisfaction(stars, Fraction(tables["basic_weight"]))),
    }


def told(tables: Mapping[str, Any]) -> dict[str, Any]:
    """What a page needs: the whole, rates, and the two tables by place and by topic as (name, text)."""
    stars, names, called = tables["stars"], tables["names"], words()
    split = []
    for star, (whole, _parts) in rules.SPLITS.items():
        rows = [(called[code], number(value)) for code, value in _ordered(star, stars[star]["parts"])]
        split.append({"whole": called[whole], "number": number(stars[star]["whole"]), "parts": rows})
    return {
        "filed": number(stars["communities"]["whole"]),
        "proactive": number(stars["proactive"]["whole"]),
        "rates": rates(tables),
        "communities": _named(stars["communities"]["parts"], names["communities"], _("未定到社区")),
        "categories": _named(stars["categories"]["parts"], names["categories"], _("未分类")),
        "split": split,
        "threshold": tables["threshold"],
    }


def _ordered(star: str, parts: Mapping[str, int | None]) -> list[tuple[str, int | None]]:
    """In the order of the rule; a database keeps keys in an order of its own."""
    order = [code for code, _plus, _minus in rules.SPLITS[star][1]]
    return sorted(parts.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _named(parts: Mapping[str, int | None], names: Mapping[str, str], other: str) -> list[tuple[str, str]]:
    """By number, the largest first; what is kept back in the order of codes, which tells nothing."""
    ordered = sorted(parts.items(), key=lambda pair: (pair[1] is None, -(pair[1] or 0), pair[0]))
    return [(names.get(code) or other, number(value)) for code, value in ordered]


def lines(tables: Mapping[str, Any]) -> list[list[str]]:
    """The whole release as rows of a sheet: table, item, number."""
    it = told(tables)
    called = words()
    found = [[_("总数"), called["filed"], it["filed"]], [_("总数"), called["proactive"], it["proactive"]]]
    found += [[_("按社区"), name, value] for name, value in it["communities"]]
    found += [[_("按分类"), name, value] for name, value in it["categories"]]
    for star in it["split"]:
        found.append([star["whole"], _("合计"), star["number"]])
        found += [[star["whole"], name, value] for name, value in star["parts"]]
    rate = it["rates"]
    found += [
        [_("比率"), _("按期答复率"), rate["on_time"]],
        [_("比率"), _("响应率"), rate["response"]],
        [_("比率"), _("解决率"), rate["resolution"]],
        [_("比率"), _("满意率"), rate["satisfaction"]],
    ]
    return found
