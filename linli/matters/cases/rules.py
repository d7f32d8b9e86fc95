"""Predicates and arithmetic of cases. Pure: no database, no clock of its own."""

import base64
import hashlib
import hmac
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

TEXT_MOST = 5000
TITLE_MOST = 40
_PHONE = re.compile(r"^(1[3-9]\d{9}|0\d{2,3}\d{7,8}|[2-8]\d{6,7}|\d{5,8})$")
_ENDS = re.compile(r"[。!?!?;;\n]")
_EDGES = " ,\uff0c\u3001:\uff1a\u3000"
_WHOM = "领导|师傅|同志|政府|街道办事处|街道办|街道|社区|书记|主任|居委会|物业|工作人员|小编|老师"
# What people say before they come to the matter: to whom, and that something follows. Each ends where its clause ends.
_GREETING = rf"(尊敬的|亲爱的|各位)*(({_WHOM})的?)*(们|啊|呀)?(您好|你好|好)?"
_OPENING = (
    r"(我|现|现将|特此)?(有个|有件|把|将|就)?(事|情况)?(说|想|来|要|麻烦|请)*(想)?(求助|反映|问|咨询|投诉|建议|说)"
    r"(一下|下|一个问题|一件事|个问题|个情况|个事|问题|情况|如下)*|(诉求人|来电人|市民)(来电)?(称|反映)?|说来话长|情况(是这样的?|如下)|事情是这样的?|有(个|件)(事|情况)"
)
_BEFORE = re.compile(rf"({_GREETING}|{_OPENING})([{_EDGES}!\uff01]+|$)")
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U to mistake on the telephone
_CONFUSED = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def clean_text(text: str) -> str:
    """What was typed, without control characters and blank ends; the words stay as they were."""
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return re.sub(r"\n{3,}", "\n\n", kept.replace("\r", "")).strip()


def problem_of_text(text: str) -> str:
    """Why this cannot be the words of a case; empty when it can."""
    if not text:
        return "请写下您遇到了什么问题。"
    if not any(unicodedata.category(c)[0] in "LN" for c in text):
        return "请用文字说明遇到了什么问题。"
    if len(text) > TEXT_MOST:
        return f"最多写 {TEXT_MOST} 个字，现在有 {len(text)} 个。"
    return ""


def title_of(text: str) -> str:
    """A short title: the first sentence that says something, without its greeting, cut at forty characters."""
    for sentence in _ENDS.split(text):
        sentence = sentence.strip(_EDGES)
        while (before := _BEFORE.match(sentence)) and before.end():
            sentence = sentence[before.end() :]
        sentence = sentence.strip(_EDGES)
        if len(sentence) >= 4:
            return sentence if len(sentence) <= TITLE_MOST else sentence[: TITLE_MOST - 1] + "…"
    return text[:TITLE_MOST]


def clean_phone(text: str) -> str:
    """Digits of a telephone number, however it was typed (spaces, dashes, full width, +86)."""
    digits = re.sub(r"[\s\-—–()().·]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+|00)86", "", digits)


def problem_of_phone(digits: str) -> str:
    """Why this is no telephone number of the mainland; empty when it is one."""
    return "" if _PHONE.match(digits) else "电话号码不对：手机是 11 位数字，座机请带区号。"


def problem_of_point(longitude: float | None, latitude: float | None) -> str:
    """Why these are no coordinates; empty when they are, or when none were given."""
    if longitude is None and latitude is None:
        return ""
    if longitude is None or latitude is None:
        return "经度和纬度要一起给。"
    if not (math.isfinite(longitude) and math.isfinite(latitude)) or abs(longitude) > 180 or abs(latitude) > 90:
        if math.isfinite(longitude) and math.isfinite(latitude) and abs(latitude) <= 180 and abs(longitude) <= 90:
            return "经度和纬度好像写反了。"
        return "坐标不对。"
    return ""


def tracking_code(secret: bytes, number: str, version: int = 1) -> str:
    """The code with which a reporter follows a case: 60 bits bound to its number, twelve characters in three groups."""
    digest = hmac.new(secret, f"tracking:{number}:{version}".encode(), hashlib.sha256).digest()
    value = int.from_bytes(digest[:8], "big") >> 4
    letters = "".join(_ALPHABET[value >> shift & 31] for shift in range(55, -1, -5))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def same_code(secret: bytes, number: str, version: int, typed: str) -> bool:
    """Whether a typed code is right; takes the same time however wrong it is."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper()).translate(_CONFUSED)
    wanted = tracking_code(secret, number, version).replace("-", "").translate(_CONFUSED)
    return hmac.compare_digest(plain.encode(), wanted.encode())


def link_token(secret: bytes, number: str, round_: int) -> str:
    """The 160-bit token of a call-back link, good for one round of one case."""
    digest = hmac.new(secret, f"callback:{number}:{round_}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode().lower()


def both_full(resolved: bool | None, satisfaction: str, counted: Mapping[str, bool] | None = None) -> bool:
    """双满: resolved and satisfied. Whether "basically satisfied" counts is the office's choice; by default it does not."""
    accepted = counted or {"satisfied": True, "basic": False}
    return resolved is True and accepted.get(satisfaction, False)


def unhappy(resolved: bool | None, satisfaction: str) -> bool:
    """Whether an answer at the call-back gives a right to a second round."""
    return resolved is False or satisfaction == "dissatisfied"


def service_class_of(category: Mapping[str, Any] | None, default: str = "ordinary") -> str:
    """How urgent a category is by default."""
    return str((category or {}).get("urgency") or default)


def may_go_again(resolved: bool | None, satisfaction: str, round_: int, most_rounds: int) -> bool:
    """Whether this answer at the call-back opens another round."""
    return unhappy(resolved, satisfaction) and round_ < most_rounds


def clean_number(text: str) -> str:
    """A case number as it was typed, in its one spelling."""
    return re.sub(r"[^0-9A-Z\-]", "", unicodedata.normalize("NFKC", text).upper().replace("—", "-").replace("–", "-"))[
        :40
    ]


# Steps in which somebody has taken the case on and sees to it.
_IN_HAND = frozenset({"handling", "paused", "hung_up", "answered"})


def state_of_thing(state: str, cases: Sequence[tuple[str, bool, bool | None]]) -> str:
    """The state of a thing from its own and from the cases about it, the oldest first: (step, closed, resolved).

    good -> reported when somebody reports it; repair while somebody sees to it; good again when the last case was
    resolved. What was never taken in hand and is withdrawn was no fault; what was not resolved is damaged. A state that
    people have entered is changed by work on it and by its success, never by a report alone.
    """
    steps = [step for step, closed, _resolved in cases if not closed]
    if any(step in _IN_HAND for step in steps):
        return "repair"
    if steps:
        return "reported" if state in ("good", "repair") else state
    if not cases or state not in ("reported", "repair"):
        return state
    resolved = cases[-1][2]
    if resolved or (resolved is None and state == "reported"):
        return "good"
    return "damaged"
