"""What a hotline may say: the table from messages to commands, and the shape of each.

To understand another message, add a line to INCOMING: the shape of its content, the command, and how the one becomes
the arguments of the other. A command that asks for a right needs it in the role `hotline` (linli/policies/roles.toml).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CREATED = "order.created"
PING = "exchange.ping"
_PLAIN = r"^[^\x00]*$"
Number = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x20\x7f]+$")]
Line = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
Note = Annotated[str, Field(max_length=5000, pattern=_PLAIN)]


class Content(BaseModel):
    """What every message about an order says: which one, and which message of it this is, from 1 without a gap."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    order: Number
    seq: Annotated[int, Field(ge=1, le=1_000_000)]


class Created(Content):
    text: Annotated[str, Field(min_length=1, max_length=5000, pattern=_PLAIN)]
    title: Annotated[str, Field(max_length=120, pattern=_PLAIN)] = ""
    kind: Literal["advice", "help", "complaint", "report", "suggestion"] = "help"
    category: Annotated[str, Field(max_length=60, pattern=_PLAIN)] = ""
    service_class: Annotated[str, Field(max_length=20, pattern=_PLAIN)] = ""
    region: Annotated[str, Field(max_length=24, pattern=r"^\d*$")] = ""
    place: Line = ""
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    name: Annotated[str, Field(max_length=40, pattern=_PLAIN)] = ""
    phone: Annotated[str, Field(max_length=30, pattern=_PLAIN)] = ""
    anonymous: bool = False
    at: datetime | None = None


class Noted(Content):
    note: Note = ""


class Supplemented(Content):
    note: Annotated[str, Field(min_length=1, max_length=5000, pattern=_PLAIN)]


class CalledBack(Content):
    """reached False is one try in vain; with `final` the hotline gives up and the case is settled so."""

    reached: bool
    final: bool = False
    resolved: bool | None = None
    satisfaction: Literal["", "satisfied", "basic", "dissatisfied"] = ""
    again: bool = True
    note: Annotated[str, Field(max_length=500, pattern=_PLAIN)] = ""


class Decided(Content):
    """The hotline's decision about what was asked of it. amount: for more time, how much, when not what was asked for."""

    granted: bool
    amount: Annotated[int, Field(ge=1, le=365)] | None = None
    note: Annotated[str, Field(max_length=500, pattern=_PLAIN)] = ""


Shape = type[Content]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message the hotline sends. call: its content -> (name of the command, arguments besides the case)."""

    type: str
    label: str
    shape: Shape
    call: Callable[[Any], tuple[str, Mapping[str, Any]]]


def _filing(said: Created) -> tuple[str, Mapping[str, Any]]:
    given = {
        "text": said.text, "title": said.title, "kind": said.kind, "category": said.category,
        "service_class": said.service_class, "region_code": said.region, "place_text": said.place,
        "longitude": said.longitude, "latitude": said.latitude, "name": said.name, "phone": said.phone,
        "anonymous": said.anonymous, "filed_at": said.at, "foreign_number": said.order, "channel": "hotline",
    }  # fmt: skip
    return "cases.file", given


def _called_back(said: CalledBack) -> tuple[str, Mapping[str, Any]]:
    if said.reached:
        return "cases.settle", {
            "resolved": said.resolved, "satisfaction": said.satisfaction, "reason": said.note, "again": said.again,
        }  # fmt: skip
    if said.final:
        return "cases.settle", {"reachable": False, "reason": said.note}
    return "cases.callback", {"reached": False, "note": said.note}


def _exemption(said: Decided) -> tuple[str, Mapping[str, Any]]:
    if said.granted:
        return "cases.grant_exemption", {"note": said.note or "市热线同意剔除。"}
    return "cases.refuse_exemption", {"note": said.note or "市热线不同意剔除，没有写原因。"}


def _extension(said: Decided) -> tuple[str, Mapping[str, Any]]:
    if said.granted:
        return "cases.grant_extension", {"amount": said.amount, "note": said.note}
    return "cases.refuse_extension", {"note": said.note or "市热线不同意延期，没有写原因。"}


INCOMING: Mapping[str, Incoming] = {
    one.type: one
    for one in (
        Incoming(CREATED, "来单", Created, _filing),
        Incoming("order.supplemented", "补充", Supplemented, lambda said: ("cases.supplement", {"note": said.note})),
        Incoming("order.reminded", "催办", Noted, lambda said: ("cases.remind", {"note": said.note})),
        Incoming("order.supervised", "督办", Supplemented, lambda said: ("cases.supervise", {"note": said.note})),
        Incoming("order.withdrawn", "撤单", Noted, lambda said: ("cases.withdraw", {"note": said.note})),
        Incoming("order.called_back", "回访结果", CalledBack, _called_back),
        Incoming("order.exemption_decided", "剔除审核结果", Decided, _exemption),
        Incoming("order.extension_decided", "延期审核结果", Decided, _extension),
    )
}
LABELS = {one.type: one.label for one in INCOMING.values()} | {PING: "测试消息"}
# Commands that some message can lead to.
COMMANDS = (
    "cases.file", "cases.supplement", "cases.remind", "cases.supervise", "cases.withdraw", "cases.settle", "cases.callback",
    "cases.grant_exemption", "cases.refuse_exemption", "cases.grant_extension", "cases.refuse_extension",
)  # fmt: skip
