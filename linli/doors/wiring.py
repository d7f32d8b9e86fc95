"""The one table of what happens next: which event of a lower room starts which command, and which page fills which
slot.

A wire runs after the command that announced its event has been committed, at least once, under an idempotency key of
its own (see linli/base/commands/outbox.py). If either list passes ten, the floor below is to be split.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.commands import COMMANDS, outbox
from linli.base.ui import panels
from linli.base.ui.panels import Panel
from linli.matters.cases import concerning
from linli.people.residents import tasks


@dataclass(frozen=True, slots=True)
class Wire:
    """Any of `events` starts `command` with the arguments taken from its payload. `why`: what a person gains by it."""

    events: tuple[str, ...]
    command: str
    arguments: Callable[[Mapping[str, Any]], dict[str, Any]]
    why: str

    def run(self, actor: Actor, payload: Mapping[str, Any]) -> Any:
        return COMMANDS[self.command].run(actor, **self.arguments(payload))


# What the hotline is told of at once; what has no event here is told with the next one.
TOLD = (
    "cases.accepted",
    "cases.returned",
    "cases.extended",
    "cases.extension_asked",
    "cases.hung_up",
    "cases.hang_up_reviewed",
    "cases.hang_up_lifted",
    "cases.exemption_asked",
    "cases.exemption_decided",
    "cases.answered",
    "cases.called_back",
    "cases.closed",
    "cases.reopened",
)

WIRES: tuple[Wire, ...] = (
    Wire(
        TOLD,
        "hotline.report",
        lambda payload: {"case": payload["case"]},
        "市民热线转来的工单，签收、退单、延期、挂账、剔除、答复、回访和结案不用再到热线的系统里填一遍",
    ),
    Wire(
        ("cases.thing_reported", "cases.accepted", "cases.closed", "cases.reopened"),
        "cases.follow_thing",
        lambda payload: {"case": payload["case"]},
        "扫码报修的部件，报修、维修、修好的状态跟着诉求走，台账不用再改一遍",
    ),
    Wire(
        ("addresses.moved",),
        "residents.follow_dwellings",
        lambda payload: {"dwellings": payload["dwellings"]},
        "房屋划到别的网格，住在里面的人跟着归新的网格，不用一个一个改",
    ),
    Wire(
        ("addresses.placed", "sites.construction_placed"),
        "answering.follow_places",
        dict,
        "楼栋、小区、工地划到别的网格，楼门长和包联干部跟着归新的网格；停用了，指派跟着结束",
    ),
    *(
        Wire(
            ("organisations.merged",),
            f"{room}.follow_merger",
            lambda payload: {"organisation": payload["organisation"], "other": payload["other"]},
            "重复登记的单位并成一家，党组织的覆盖和派驻的人跟着走，不用重新登记",
        )
        for room in ("party", "answering")
    ),
    *(
        Wire(
            ("residents.died", "residents.death_undone"),
            f"{room}.follow_death",
            lambda payload: {"person": payload["person"]},
            "人去世了，党员名册、选举的应到人数和楼门长的名字跟着停，没有人再打那个电话；登记错了撤销，跟着恢复",
        )
        for room in ("party", "answering")
    ),
    Wire(
        ("organisations.term_near",),
        "party.tell_of_term",
        lambda payload: {"reminder": payload["reminder"]},
        "届满前 6、3、1 个月，管换届的人在自己的工作台上看到，不用翻台账",
    ),
)

PANELS: tuple[Panel, ...] = (
    Panel("compound building dwelling", _("谁管这里"), "answering:of_{slot}", right="answering.view"),
    Panel("organisation", _("党组织"), "party:of_organisation", right="party.view"),
    Panel("organisation", _("派驻和任职"), "answering:of_organisation", right="answering.view"),
    Panel("dwelling", _("谁住在这里"), "residents:of_dwelling", right="residents.view"),
    Panel("building", _("一刻钟生活圈"), "sites:around_building", right="sites.view"),
    Panel("compound building site thing", _("二维码"), "portal:labels_of_{slot}"),
    Panel("organisation thing", _("有关的诉求"), "web:cases_of_{slot}", right="cases.view"),
    Panel("case", _("吹哨"), "whistles:of_case", right="whistles.view"),
    Panel("case", _("攻坚专班"), "taskforces:of_case", right="taskforces.view"),
    Panel("case", _("调度决定"), "meetings:of_case", right="meetings.follow"),
)

# Command -> when (minute hour day month weekday, in UTC). Run by `linli work` as the system, once each time.
REGULAR: Mapping[str, str] = {
    "indicators.compact": "* * * * *",
    "cases.raise_rungs": "*/10 * * * *",
    "whistles.conclude_unrated": "5 * * * *",
    "registers.resume": "*/2 * * * *",
    "files.scan": "*/10 * * * *",
    "files.sweep": "30 18 * * *",
    "commands.sweep": "40 18 * * *",
    "hotline.deliver": "* * * * *",
    "privacy.catch_up": "*/15 * * * *",
    "privacy.rotate_after": "7-59/15 * * * *",
    "accounts.sweep": "50 18 * * *",
    "organisations.remind_terms": "10 16 * * *",
}


def connect() -> None:
    """Make the connections of this process; called once, when the doors open."""
    for wire in WIRES:
        for event in wire.events:
            outbox.connect(event, f"{event}>{wire.command}", wire.run)
    for panel in PANELS:
        panels.register(panel)
    tasks.connect(concerning.work_with, concerning.works)
