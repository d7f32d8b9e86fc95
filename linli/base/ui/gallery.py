"""Invented content for the living page of components. Nothing here is anybody's data."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from linli.base import clockwork
from linli.base.ui.inputs import DayField

STATES = [("", _("全部")), ("open", _("办理中")), ("over", _("已超期")), ("done", _("已办结"))]
PLACES = [("", _("全部")), (_("示例街道"), [("1", _("示例一社区")), ("2", _("示例二社区"))]), ("3", _("街道本级"))]
LONG = _(
    "楼道里的灯已经坏了三个星期，晚上老人上下楼很不方便，之前给物业打过两次电话，物业说要等配件，"
    "但是一直没有人来修，希望能帮忙催一下，最好在下雨之前修好，因为楼道口积水以后更容易滑倒。"
)


class GalleryFilter(forms.Form):
    q = forms.CharField(label=_("搜索"), required=False)
    state = forms.ChoiceField(label=_("状态"), choices=STATES, required=False)
    place = forms.ChoiceField(label=_("地方"), choices=PLACES, required=False)
    since = DayField(label=_("起始日期"), required=False)
    mine = forms.BooleanField(label=_("只看我的"), required=False)


class GalleryForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40, help_text=_("按身份证上的写法。"))
    phone = forms.CharField(
        label=_("手机号"), required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    place = forms.ChoiceField(label=_("地方"), choices=PLACES)
    visit = DayField(label=_("上门日期"), required=False)
    urgent = forms.ChoiceField(
        label=_("缓急"),
        choices=[("1", _("一般")), ("2", _("较急")), ("3", _("紧急"))],
        widget=forms.RadioSelect,
        initial="1",
    )
    way = forms.ChoiceField(
        label=_("怎样答复"),
        choices=[("call", _("打电话")), ("text", _("发短信")), ("none", _("不用答复"))],
        widget=forms.RadioSelect,
    )
    kinds = forms.MultipleChoiceField(
        label=_("涉及哪些方面"),
        choices=[("light", _("照明")), ("water", _("给排水")), ("road", _("道路"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text = forms.CharField(
        label=_("情况说明"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("在哪里、什么样、从什么时候开始。"),
    )
    photos = forms.FileField(
        label=_("照片"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}), help_text=_("最多 6 张。")
    )
    agreed = forms.BooleanField(label=_("已和当事人说明办理期限"), required=False)


def _rows() -> list[dict[str, Any]]:
    now = clockwork.now()
    words = [
        _("楼道灯不亮"),
        _("单元门口积水，雨后两天不退"),
        LONG,
        _("垃圾桶满溢"),
        _("健身器材松动"),
        _("电动自行车占用消防通道"),
    ]
    hours = [-50, -1, 3, 20, 75, 200]
    tones = [
        ("bad", _("已超期")),
        ("bad", _("已超期")),
        ("open", _("办理中")),
        ("info", _("待签收")),
        ("paused", _("已暂停")),
        ("neutral", _("待派单")),
    ]
    return [
        {
            "url": f"/ui/?row={index}",
            "number": f"示例-2026-{index:06d}",
            "title": words[index],
            "place": _("示例一社区第 %(n)d 网格") % {"n": index + 1},
            "tone": "over" if hours[index] < 0 else "",
            "badge_tone": tones[index][0],
            "state": tones[index][1],
            "due": now + timedelta(hours=hours[index]),
            "count": 3 * index,
            "filed": now - timedelta(hours=30 + 7 * index),
        }
        for index in range(6)
    ]


def content(request: HttpRequest) -> dict[str, Any]:
    """Everything the gallery template shows."""
    now = clockwork.now()
    wrong = GalleryForm({"name": "", "phone": "1380", "text": str(LONG), "place": "9"})
    wrong.add_error(None, _("这件事已经由别的单位签收，请刷新后再试。"))
    steps = [
        {"label": _("已收到"), "state": "done", "when": now - timedelta(days=2), "text": ""},
        {
            "label": _("已派给示例一社区"),
            "state": "done",
            "when": now - timedelta(days=1),
            "text": _("社区会先给您打电话"),
        },
        {"label": _("正在办理"), "state": "current", "when": None, "text": _("承诺在 3 月 9 日前答复")},
        {"label": _("听取您的意见"), "state": "todo", "when": None, "text": ""},
    ]
    hours = timedelta(hours=1)
    entries: list[dict[str, Any]] = [
        {
            "title": _("签收"),
            "who": _("示例社区书记 林某"),
            "when": now - 20 * hours,
            "tone": "good",
            "icon": "check",
            "text": "",
        },
        {
            "title": _("到场查看"),
            "who": _("示例网格员 周某"),
            "when": now - 18 * hours,
            "icon": "map-pin",
            "text": LONG,
        },
        {
            "title": _("退单未同意"),
            "who": _("示例调度员 何某"),
            "when": now - 6 * hours,
            "tone": "bad",
            "icon": "arrow-back-up",
            "text": _("职责清单第 12 项已明确由社区办理。"),
        },
    ]
    return {
        "filter": GalleryFilter(request.GET or {"state": "open"}),
        "form": GalleryForm(),
        "wrong": wrong,
        "rows": _rows(),
        "long": LONG,
        "steps": steps,
        "entries": entries,
        "tree": _tree(),
        "present": now,
        "hour": hours,
        "sort": request.GET.get("sort", "due"),
        "regions": regions(),
        "values": {f"9900000000010{n:02d}": share for n, share in enumerate([0.93, 0.71, 0.86, None, 0.98, 0.55])},
        "points": [_point(n) for n in range(14)],
        "months": [f"{month} 月" for month in range(1, 13)],
        "series": [
            {"name": _("受理"), "values": [120, 98, 134, 141, 150, 173, 210, 205, 160, 142, 138, 151]},
            {"name": _("办结"), "values": [118, 99, 128, 140, 149, 166, 198, 209, 165, 140, 137, 120]},
        ],
    }


def _point(n: int) -> dict[str, Any]:
    tone = "over" if n % 6 == 0 else ""
    return {"lon": 116.4 + 0.004 * (n % 5), "lat": 39.9 + 0.003 * (n // 5), "label": f"示例 {n}", "tone": tone}


def _tree() -> list[dict[str, Any]]:
    first = {"label": _("第一网格党支部"), "url": "/ui/", "meta": _("12 人")}
    second = {"label": _("第二网格党支部"), "url": "/ui/"}
    unions = [
        {"label": _("示例一社区党总支"), "url": "/ui/", "current": True, "open": True, "children": [first, second]},
        {"label": _("示例二社区党总支"), "url": "/ui/", "children": [first]},
    ]
    top = {"label": _("示例街道党工委"), "url": "/ui/", "open": True, "meta": _("2 个党总支"), "children": unions}
    return [top]


def options() -> list[dict[str, str]]:
    """Invented places for the combobox."""
    return [{"value": str(n), "text": f"示例小区 {n} 号楼", "note": f"示例第 {n} 网格"} for n in range(1, 9)]


def regions() -> dict[str, Any]:
    """Six invented polygons that tile an uneven rectangle, as GeoJSON."""

    def corner(column: int, row: int) -> list[float]:
        """A corner of the tiling, moved a little, the same for every polygon that shares it."""
        return [
            116.395 + 0.008 * column + 0.0011 * ((row * 5 + column * 3) % 4 - 1.5),
            39.895 + 0.006 * row + 0.0008 * ((column * 7 + row * 2) % 5 - 2),
        ]

    features = []
    for index in range(6):
        column, row = index % 3, index // 3
        around = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
        ring = [corner(column + right, row + up) for right, up in around]
        features.append(
            {
                "type": "Feature",
                "properties": {"code": f"9900000000010{index:02d}", "name": f"示例第 {index + 1} 网格"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}
