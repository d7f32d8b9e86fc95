"""Outgoing messages as rows of a sheet, with the words of the protocol in Chinese."""

from collections.abc import Iterable, Iterator
from typing import Any

from linli.doors.channels.hotline.models import Letter
from linli.doors.channels.hotline.reporting import LABELS
from linli.doors.channels.hotline.sending import words_of

COLUMNS = {
    "热线工单号": "order", "序号": "seq", "上一条序号": "previous", "办件编号": "case", "轮次": "round", "时间": "at",
    "单位": "unit", "说明": "note", "退单理由": "ground_name", "原因": "reason_name", "材料": "materials", "答应做到": "promise",
    "答应的日期": "until", "延期数量": "amount", "新的期限": "due",
    "接通": "reached", "已解决": "resolved", "满意度": "satisfaction",
}  # fmt: skip
HEADER = ("消息编号", "类型", *COLUMNS)
_WORDS = {"satisfied": "满意", "basic": "基本满意", "dissatisfied": "不满意"}


def lines(letters: Iterable[Letter]) -> Iterator[tuple[Any, ...]]:
    """One row for each letter."""
    for letter in letters:
        data = words_of(letter)["data"]
        values = [data.get(name, "") for name in COLUMNS.values()]
        yield (
            letter.message_id,
            str(LABELS.get(letter.type, letter.type)),
            *(_WORDS.get(str(one), one) for one in values),
        )
