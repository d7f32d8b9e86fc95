"""The shapes the API speaks. Text is bounded and free of NUL, numbers fit their columns: what cannot be stored is refused here."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Line = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=200)]
Number = Annotated[str, Field(pattern=r"^[0-9A-Z\-]{8,40}$", examples=["11010600-2026-000123"])]
Key = Annotated[int, Field(ge=1, le=2**53)]


class Strict(Schema):
    """Unknown fields are an error: what is not asked for cannot be set."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """RFC 9457: what went wrong, in words; `field` names the input it belongs to, `rule` the rule that said no."""

    title: str
    status: int
    detail: str = ""
    field: str | None = None
    rule: str = ""


class Filing(Strict):
    """What somebody raises. One of building, compound, point or region says where."""

    text: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]
    kind: Literal["advice", "help", "complaint", "report", "suggestion"] = "help"
    category: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    region_code: Annotated[str, Field(max_length=24, pattern=r"^[0-9]*$")] = ""
    compound_id: Key | None = None
    building_id: Key | None = None
    place_text: Line = ""
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    name: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""
    phone: Annotated[str, Field(max_length=30, pattern=r"^[^\x00]*$")] = ""
    anonymous: bool = False
    foreign_source: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""
    foreign_number: Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")] = ""


class Filed(Schema):
    number: str


class Act(Strict):
    """What is recorded with an act; each act says which of these it needs."""

    note: Annotated[str, Field(max_length=5000, pattern=r"^[^\x00]*$")] = ""
    organisation: Key | None = None
    post: Key | None = None
    ground: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    clause: Line = ""
    materials: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    promise: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    until: date | None = None
    same_as: Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Z\-]*$")] = ""
    category: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    channel: Annotated[str, Field(max_length=12, pattern=r"^[a-z]*$")] = ""
    amount: Annotated[int, Field(ge=1, le=1000)] | None = None
    reached: bool | None = None
    reachable: bool | None = None
    resolved: bool | None = None
    satisfaction: Literal["satisfied", "basic", "dissatisfied", ""] = ""
    again: bool | None = None
    seen: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class Row(Schema):
    """A case in a list; never a name or a telephone number."""

    number: str
    title: str
    step: str
    round: int
    service_class: str
    region_code: str
    holder: str
    category: str
    kind: str
    channel: str
    place: str
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    paused: bool


class Rows(Schema):
    """A page of cases; `after` is the cursor of the next page, empty on the last."""

    cases: list[Row]
    after: str
    before: str


class Entry(Schema):
    seq: int
    act: str
    name: str
    at: datetime
    by: str
    unit: str
    note: str


class Detail(Row):
    text: str
    entries: list[Entry]
    entry_count: int
    acts: list[str]
    resolved: bool | None
    satisfaction: str


class Located(Schema):
    code: str | None
    reason: str


class Figures(Schema):
    """Figures of a region and period, with what they were made from."""

    region_code: str
    first: str
    last: str
    figures: dict[str, Any]
    measures: dict[str, int]
