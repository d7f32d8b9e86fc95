"""What codes of whistles are called on pages, and how they look."""

from django.utils.translation import gettext_lazy as _

TONES = {"waiting": "info", "active": "open", "paused": "paused", "done": "done", "neutral": "neutral"}
# outcome of a call -> (words, tone)
OUTCOMES = {
    "in_time": (_("按时到场"), "good"),
    "late": (_("迟到"), "warn"),
    "missed": (_("逾期未到"), "bad"),
    "waiting": (_("待到场"), "info"),
    "released": (_("不用来了"), "off"),
}
STATUSES = {"offered": _("没有到场"), "accepted": _("在现场"), "done": _("已处置完")}
ICONS = {
    "whistle": "speakerphone",
    "call": "phone",
    "stand_down": "x",
    "arrive": "map-pin",
    "work": "tool",
    "split": "git-branch",
    "finish": "checks",
    "ready": "hourglass",
    "send_back": "arrow-back-up",
    "confirm": "circle-check",
    "rate": "star",
    "conclude": "flag",
}
ACT_TONES = {"confirm": "good", "conclude": "good", "send_back": "warn", "stand_down": "warn"}
