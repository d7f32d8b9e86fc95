"""The same messages as rows of a sheet, for a hotline without an interface.

One row is one message. Its number is in the column 消息编号; a row without one is known by order and sequence.
"""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from linli.base.commands import Refused
from linli.base.exchange import Problem, SheetError, read_rows
from linli.doors.channels.hotline.models import Exchange
from linli.doors.intake.hotline.acts import INCOMING
from linli.doors.intake.hotline.models import Message
from linli.doors.intake.hotline.receiving import BadMessage, Conflict, take

MOST_BYTES, MOST_ROWS = 5 * 1024 * 1024, 500
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods")
ID, TYPE = "消息编号", "类型"
COLUMNS = {
    "热线工单号": "order", "序号": "seq", "诉求内容": "text", "标题": "title", "诉求类型": "kind", "分类": "category",
    "时限等级": "service_class", "区划代码": "region", "地点": "place", "经度": "longitude", "纬度": "latitude",
    "姓名": "name", "电话": "phone", "匿名": "anonymous", "登记时间": "at", "说明": "note", "接通": "reached",
    "不再回访": "final", "已解决": "resolved", "满意度": "satisfaction", "同意再办": "again",
    "同意": "granted", "延期数量": "amount",
}  # fmt: skip
HEADER = (ID, TYPE, *COLUMNS)
# Chinese words of the sheet for the codes of the protocol.
WORDS = {
    "kind": {"咨询": "advice", "求助": "help", "投诉": "complaint", "举报": "report", "建议": "suggestion"},
    "satisfaction": {"满意": "satisfied", "基本满意": "basic", "不满意": "dissatisfied"},
}
FLAGS = ("anonymous", "reached", "final", "resolved", "again", "granted")
_FLAG = {"是": True, "否": False, "true": True, "false": False, "1": True, "0": False}
TYPES = {one.label: one.type for one in INCOMING.values()}


def bring(exchange: Exchange, content: bytes, file_name: str) -> dict[str, Any]:
    """Take every row in. Raises Refused when it is no sheet of messages; a bad row is only told."""
    suffix = Path(file_name).suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused("请上传 CSV 或 Excel 表格。", field="file")
    if len(content) > MOST_BYTES:
        raise Refused("表格不能超过 5 MB。", field="file", status=413)
    problems: list[Problem] = []
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content)
        file.flush()
        try:
            rows = list(read_rows(file.name, problems=problems))
        except SheetError as error:
            raise Refused(str(error), field="file") from error
    if len(rows) > MOST_ROWS:
        raise Refused(f"一张表最多 {MOST_ROWS} 行，请拆开。", field="file")
    if rows and not {TYPE, "热线工单号", "序号"} <= set(rows[0][1]):
        raise Refused("表里要有“类型”“热线工单号”“序号”三列。", field="file")
    counts: Counter[str] = Counter()
    for number, values in rows:
        try:
            taken = take(exchange, *_message(values), Message.Via.SHEET)
        except (BadMessage, Conflict) as bad:
            reason = str(bad) if isinstance(bad, BadMessage) else "同一个编号或序号以前收过，内容不一样。"
            problems.append(Problem(number, "", reason))
            continue
        counts["known" if taken.repeated else taken.state] += 1
        if taken.error and not taken.repeated:
            problems.append(Problem(number, "", taken.error))
    return {"counts": dict(counts), "problems": [[one.row, one.column, one.reason] for one in problems]}


def _message(values: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    """(number, type, data) of a row. Raises BadMessage."""
    kind = TYPES.get(values.get(TYPE, ""), values.get(TYPE, ""))
    data: dict[str, Any] = {}
    for column, name in COLUMNS.items():
        text = values.get(column, "").strip()
        if not text:
            continue
        if name in FLAGS:
            if text.lower() not in _FLAG:
                raise BadMessage(f"{column}：写“是”或“否”。")
            data[name] = _FLAG[text.lower()]
        elif name == "at":
            data[name] = text if "+" in text or text.endswith("Z") else f"{text.replace(' ', 'T')}+08:00"
        else:
            data[name] = WORDS.get(name, {}).get(text, text)
    message_id = values.get(ID, "").strip()
    if len(message_id) > 120:
        raise BadMessage(f"{ID}：最多 120 个字。")
    return message_id or f"sheet:{data.get('order', '')}:{data.get('seq', '')}"[:120], kind, data
