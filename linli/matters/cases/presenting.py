"""Rows of a list in words: computed once per row in plain Python, so that the template only prints."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.base import policies
from linli.base.ui.words import due_words, moment
from linli.matters.cases.drawing import Rows
from linli.matters.cases.listing import place_name
from linli.matters.cases.queries import category_map
from linli.matters.cases.showing import Shown
from linli.matters.cases.suggesting import suggest
from linli.people.organisations.queries import directory
from linli.procedures.definitions import Definition, definition

TONES = {"waiting": "info", "active": "open", "paused": "paused", "done": "done", "neutral": "neutral"}
_URGENT = "emergency"


def rows_for_page(rows: Iterable[dict[str, Any]], shape: Definition, now: datetime) -> Rows:
    """What a row of the worklist shows, every value already text or a plain flag."""
    categories = category_map()
    label = directory().label
    places: dict[str, str] = {}
    found = Rows()
    for row in rows:
        code = row["region_code"]
        if code not in places:
            places[code] = place_name(code)
        step = shape.steps.get(row["step"])
        clock = shape.clocks.get(row["due_clock"])
        due = due_words(
            row["due_at"],
            now,
            done=row["closed_at"],
            paused=row["paused"],
            soon=timedelta(hours=clock.soon_hours if clock else 24),
        )
        category = categories.get(row["case__category"])
        found.append(
            {
                "number": row["number"],
                "title": row["title"],
                "step": step.name if step else row["step"],
                "tone": TONES.get(step.tone if step else "", "neutral"),
                "round": row["round"],
                "urgent": row["service_class"] == _URGENT,
                "category": category["name"] if category else "",
                "where": places[code],
                "place": row["case__place_text"],
                "holder": label(row["holder_id"]),
                "lead": label(row["lead_id"]) if row["lead_id"] and row["lead_id"] != row["holder_id"] else "",
                "due_state": due.state if row["closed_at"] is None else "none",
                "due": due.text if row["closed_at"] is None else "",
                "due_at": row["due_at"].isoformat() if row["due_at"] else "",
                "due_clock": clock.name if clock and row["closed_at"] is None else "",
                "opened_at": row["opened_at"].isoformat(timespec="minutes"),
                "opened": moment(row["opened_at"], now),
                "clustered": row["case__cluster_id"] is not None,
                "proactive": row["case__proactive"],
                "pressed": PRESSED[row["case__pressed"]] if row["closed_at"] is None else "",
                "exempted": row["case__exempted"],
            }
        )
    return found


PRESSED = ("", _("已催办"), _("已督办"))
_ICONS = {
    "file": "phone-incoming",
    "hold": "hourglass",
    "dispatch": "send",
    "redirect": "arrow-forward-up",
    "accept": "check",
    "return": "arrow-back-up",
    "refuse_return": "x",
    "dispute": "flag",
    "rule": "gavel",
    "hand": "user-check",
    "contact": "phone",
    "reach": "phone-call",
    "visit": "map-pin",
    "measure": "tool",
    "support": "users",
    "support_done": "checks",
    "extend": "calendar-time",
    "pause": "player-pause",
    "resume": "player-play",
    "answer": "message-2",
    "callback": "phone",
    "settle": "circle-check",
    "reopen": "refresh",
    "supplement": "message",
    "remind": "bell",
    "join": "link",
    "reclassify": "tag",
    "withdraw": "x",
    "instruct": "clipboard-list",
    "mark_difficult": "flag",
    "clear_difficult": "flag",
    "look_back": "history",
    "convene": "users",
    "invite": "users",
    "speak": "message",
    "hang_up": "hourglass",
    "review_hang_up": "calendar-time",
    "lift": "player-play",
    "share": "git-branch",
    "share_ended": "checks",
    "give_part": "git-branch",
    "report_part": "message-2",
    "agree_part": "check",
    "reject_part": "refresh",
    "cancel_part": "x",
    "supervise": "flag",
    "decline": "x",
    "ask_extension": "calendar-time",
    "grant_extension": "calendar-time",
    "refuse_extension": "x",
    "ask_exemption": "file-text",
    "grant_exemption": "check",
    "refuse_exemption": "x",
}
_ACT_TONES = {
    "settle": "good",
    "reopen": "warn",
    "return": "warn",
    "dispute": "warn",
    "remind": "warn",
    "hold": "warn",
    "supervise": "warn",
    "hang_up": "warn",
    "decline": "warn",
}
ROLES = {"lead": _("主办"), "support": _("协办"), "party": _("会商"), "supervise": _("督办"), "whistled": _("吹哨")}
STATUSES = {
    "offered": _("待签收"),
    "accepted": _("已签收"),
    "returned": _("已退单"),
    "disputed": _("有异议"),
    "withdrawn": _("已改派"),
    "done": _("已完成"),
}


def detail_words(it: Shown) -> dict[str, Any]:
    """What the case page says beside the plain values of `it`."""
    categories = category_map()
    case, state = it.case, it.handling.state
    suggested = categories.get(case.suggested)
    chosen = categories.get(case.category)
    label = directory().label
    return {
        "category": _path(chosen),
        "suggested": _path(suggested),
        "same": bool(case.suggested) and case.suggested == case.category,
        "because": suggest(case.text).because if suggested else (),
        "channel": case.get_channel_display(),
        "kind": case.get_kind_display(),
        "class": it.handling.definition.classes.get(it.handling.service_class, ""),
        "holder": label(state.holder),
        "lead": label(state.lead),
        "post": next((p.account.name for p in it.colleagues if p.pk == state.post), ""),
        "offers": [
            {
                "role": ROLES.get(o.role, o.role),
                "name": label(o.organisation),
                "status": STATUSES.get(o.status, o.status),
                "final": o.final,
                "round": o.round,
            }
            for o in reversed(state.offers)
            if o.status != "withdrawn"
        ],
        "label": label,
        "hang_up_reason": _reason(it),
        "part_steps": part_steps() if it.parts else {},
        "icons": _ICONS,
        "act_tones": _ACT_TONES,
        "steps": {code: step.name for code, step in it.handling.definition.steps.items()},
    }


def part_steps() -> dict[str, str]:
    """Names of the steps of a share of the work."""
    return {code: step.name for code, step in definition(policies.load("procedure.part").id).steps.items()}


def _reason(it: Shown) -> str:
    found = it.handling.definition.lists.get("hang_up", {}).get(it.hang_up.reason if it.hang_up else "")
    return found.name if found else ""


def _path(category: Mapping[str, Any] | None) -> str:
    if category is None:
        return ""
    return f"{category['top_name']} / {category['name']}" if "top_name" in category else str(category["name"])
