"""The rows of a list of cases as HTML, with the classes of `ui.table`.

Put together by hand, as `linli.base.ui.drawn` is: fifty rows are most of what a page of the worklist costs. Every text
of a row goes through `shown`, which escapes it; what else stands here are our own words.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from linli.base.ui.assets import icon_sheet
from linli.base.ui.jinja import shown

DUE_ICONS = {
    "over": "alert-circle",
    "late": "alert-circle",
    "soon": "clock-exclamation",
    "calm": "clock",
    "met": "check",
    "paused": "player-pause",
    "none": "minus",
}


class Rows(list[dict[str, Any]]):
    """Rows of a list, every value already text or a plain flag (`presenting.rows_for_page` makes them)."""

    def drawn(self, many: bool = False) -> Markup:
        """As HTML; `many`: each with a box to choose it by."""
        return _drawn(self, many)


def _drawn(rows: Iterable[Mapping[str, Any]], many: bool) -> Markup:
    base, icons = reverse("cases:worklist"), icon_sheet()
    main, step, due, place, category, holder, opened, choose = map(
        shown, (_("事项"), _("环节"), _("期限"), _("地点"), _("分类"), _("承办单位"), _("登记"), _("选"))
    )
    urgent, again, clustered = f"<strong>{shown(_('紧急'))}</strong>", shown(_("二次办理")), shown(_("同类"))
    found, exempted, lead = shown(_("主动发现")), shown(_("已剔除")), shown(_("主办"))
    lines = []
    for row in rows:
        text = {name: shown(value) for name, value in row.items()}
        number, state = text["number"], row["due_state"]
        href = f"{base}{number}/"
        under = [
            number,
            *([urgent] if row["urgent"] else ()),
            *([again] if row["round"] > 1 else ()),
            *([clustered] if row["clustered"] else ()),
            *([found] if row["proactive"] else ()),
            *([f"<strong>{text['pressed']}</strong>"] if row["pressed"] else ()),
            *([exempted] if row["exempted"] else ()),
        ]
        box = (
            f'<td class="col-badge" data-label="{choose}"><input class="form-check-input" type="checkbox" name="case" '
            f'value="{number}" aria-label="{choose} {number}"></td>\n'
            if many
            else ""
        )
        if row["due"]:
            left = f'<time datetime="{text["due_at"]}">{text["due"]}</time>' if row["due_at"] else text["due"]
            clock = (
                f'<span class="due due-{text["due_state"]}"><svg class="icon" aria-hidden="true" focusable="false">'
                f'<use href="{icons}#{DUE_ICONS[state]}"></use></svg>{left}</span>{_small(text["due_clock"])}'
            )
        else:
            clock = '<span class="nothing">—</span>'
        led = f"{lead} {text['lead']}" if row["lead"] else ""
        over = " row-over" if state == "over" else ""
        lines.append(
            f'<tr class="row-open{over}" data-href="{href}">\n{box}'
            f'<td class="col-main" data-label="{main}"><a class="row-link" href="{href}" hx-get="{href}" '
            f'hx-target="#panel-body">{text["title"]}</a><small class="cell-sub">{" · ".join(under)}</small></td>\n'
            f'<td class="col-badge" data-label="{step}"><span class="tag tag-{text["tone"]}">{text["step"]}</span></td>\n'
            f'<td class="col-due" data-label="{due}">{clock}</td>\n'
            f'<td class="col-text" data-label="{place}">{text["where"]}{_small(text["place"])}</td>\n'
            f'<td class="col-text wide-only" data-label="{category}">{text["category"] or "—"}</td>\n'
            f'<td class="col-text wide-only" data-label="{holder}">{text["holder"]}'
            f"{_small(led)}</td>\n"
            f'<td class="col-moment wide-only" data-label="{opened}"><time datetime="{text["opened_at"]}">{text["opened"]}</time></td>\n'
            "</tr>\n"
        )
    return Markup("".join(lines))  # noqa: S704  every value is escaped above


def _small(text: str) -> str:
    return f'<small class="cell-sub">{text}</small>' if text else ""
