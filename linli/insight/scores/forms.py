"""The shape of what is typed about scores."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.policies.models import PolicyVersion
from linli.base.ui.inputs import DayField
from linli.insight.scores import queries
from linli.insight.scores.models import Appeal, Publication
from linli.insight.scores.rules.periods import before
from linli.places.regions.models import Region

MOST_BYTES = 5 * 1024 * 1024
SHEETS = ".csv,.txt,.tsv,.xlsx,.xls,.ods"


def places(actor: Actor) -> list[tuple[str, str]]:
    """Sub-districts the actor answers for, or the nearest region of theirs; a score covers one of these."""
    root = actor.regions[0] if actor.regions else ""
    if not root and not actor.everything:
        return []
    rows = Region.objects.filter(code__startswith=root, level__in=(3, 4), valid_to=None).order_by("-level", "code")
    found = list(rows.values_list("code", "short_name"))
    return found or list(Region.objects.filter(code=root).values_list("code", "short_name"))


def rule_choices(rows: list[PolicyVersion]) -> list[tuple[str, str]]:
    return [(row.code, f"{row.name}（{row.code}）") for row in rows]


class RunFilter(forms.Form):
    q = forms.CharField(required=False, max_length=60)
    rule = forms.ChoiceField(label=_("规则"), required=False)
    year = forms.ChoiceField(label=_("年份"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("open", _("未公布")), ("published", _("已公布")), ("replaced", _("已被替代"))],
    )

    def __init__(self, given: Any, *, rules: list[tuple[str, str]], years: list[str]):
        super().__init__(given)
        self.fields["rule"].choices = [("", _("全部")), *rules]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", _("全部")), *[(year, year) for year in years]]  # type: ignore[attr-defined]
        self.is_valid()

    def said(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")


class RunForm(forms.Form):
    """Scoring a period from the cases."""

    rule = forms.ChoiceField(label=_("规则"))
    label = forms.ChoiceField(
        label=_("考核期"), help_text=_("以结束的月份称呼；起止日由规则定。用该期结束时有效的那一版规则。")
    )
    region = forms.ChoiceField(label=_("范围"))
    reason = forms.CharField(
        label=_("重新评分的原因"),
        max_length=300,
        required=False,
        help_text=_("这一期已经评过分时要写；原来那次不改动，仍可查看。"),
    )

    def __init__(self, given: Any, *, actor: Actor, last: str):
        super().__init__(given)
        labels = [before(last, by) for by in range(24)]
        self.fields["rule"].choices = rule_choices(queries.rules("cases"))  # type: ignore[attr-defined]
        self.fields["label"].choices = [(label, label) for label in labels]  # type: ignore[attr-defined]
        self.fields["region"].choices = places(actor)  # type: ignore[attr-defined]


class TryForm(forms.Form):
    """A table under a rule: one that is kept here, or one written into the field."""

    file = forms.FileField(
        label=_("表格"),
        widget=forms.FileInput(attrs={"accept": SHEETS}),
        help_text=_("CSV 或 XLSX，一行一个单位，一列一个数；第一行是列名。"),
    )
    rule = forms.ChoiceField(label=_("规则"), required=False)
    tab = forms.CharField(
        label=_("工作表"),
        max_length=60,
        required=False,
        help_text=_("工作簿有几张表时写名称；不写就用第一张有内容的。"),
    )
    source = forms.CharField(
        label=_("自己写的规则（TOML）"),
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
        help_text=_("写了就用它，不用上面选的；只试算，不保存。"),
    )

    def __init__(self, *given: Any):
        super().__init__(*given)
        rows = PolicyVersion.objects.filter(
            code__startswith=queries.FAMILY, status__in=("published", "draft")
        ).order_by("name", "-version")
        found = [
            (f"{row.code}@{row.version}", f"{row.name} 第{row.version}版（{row.get_status_display()}）")
            for row in rows.defer("source")
        ]
        self.fields["rule"].choices = [("", _("请选择")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("rule") and not (said.get("source") or "").strip() and "rule" not in self.errors:
            self.add_error("rule", _("请选一个规则，或者在下面写一个。"))
        if said.get("file") and said["file"].size > MOST_BYTES:
            self.add_error("file", _("表格不能超过 5 MB。"))
        return said


class KeepForm(forms.Form):
    """A table that was tried, kept as an official run."""

    label = forms.CharField(label=_("考核期"), max_length=7, help_text=_("如 2026-03。"))
    region = forms.ChoiceField(label=_("范围"))
    note = forms.CharField(label=_("数据来源"), max_length=200, help_text=_("哪份通报、哪个系统导出，谁核对。"))
    reason = forms.CharField(label=_("重新评分的原因"), max_length=100, required=False)
    table = forms.CharField(widget=forms.HiddenInput, max_length=2_000_000)

    def __init__(self, given: Any = None, *, actor: Actor, table: str = ""):
        super().__init__(given, initial={"table": table})
        self.fields["region"].choices = places(actor)  # type: ignore[attr-defined]


class WhatIfForm(forms.Form):
    rule = forms.ChoiceField(label=_("换一个规则"), required=False)
    without = forms.CharField(
        label=_("去掉这些诉求"), required=False, max_length=2000, help_text=_("写诉求编号，用空格或逗号隔开。")
    )
    every = forms.BooleanField(label=_("全口径：把已剔除的也算进来"), required=False)

    def __init__(self, given: Any, versions: list[PolicyVersion]):
        super().__init__(given)
        found = [(str(row.pk), f"{row.name} 第{row.version}版（{row.get_status_display()}）") for row in versions]
        self.fields["rule"].choices = [("", _("仍用原规则")), *found]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def numbers(self) -> list[str]:
        return [one for one in re.split(r"[\s,，、;；]+", str(self.cleaned_data.get("without") or "")) if one][:200]


class AppealForm(forms.Form):
    kind = forms.ChoiceField(label=_("事由"), choices=Appeal.Kind.choices, widget=forms.RadioSelect)
    number = forms.CharField(label=_("诉求编号"), max_length=40, required=False, help_text=_("“某件不应计入”时填写。"))
    input = forms.ChoiceField(label=_("哪个数"), required=False, help_text=_("“某个数不对”时选择。"))
    claimed = forms.CharField(label=_("应为"), max_length=40, required=False)
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, given: Any, *, inputs: list[tuple[str, str]], initial: dict[str, Any]):
        super().__init__(given, initial=initial)
        self.fields["input"].choices = [("", _("请选择")), *inputs]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    grant = forms.ChoiceField(
        label=_("裁定"), choices=[("yes", _("支持")), ("no", _("不支持"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class PublishForm(forms.Form):
    form = forms.ChoiceField(label=_("公布形式"), choices=Publication.Form.choices, widget=forms.RadioSelect)
    basis = forms.CharField(
        label=_("依据文件"), max_length=300, required=False, help_text=_("只有公布名次和得分时要填：文件名称和文号。")
    )
    level = forms.CharField(label=_("由哪一级决定"), max_length=40, required=False)
    until = DayField(
        label=_("有效期至"),
        required=False,
        help_text=_("过了这一天，页面上只剩分档。"),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("撤下的原因"), max_length=300)


class RuleForm(forms.Form):
    """A rule with a code of its own, begun as a draft."""

    code = forms.RegexField(
        label=_("规则代码"), regex=r"^[a-z][a-z0-9_]{1,40}$", help_text=_("小写英文字母、数字和下划线，如 our_street；存为 score.our_street。"),
        error_messages={"invalid": _("只能用小写英文字母、数字和下划线，以字母开头。")},
    )  # fmt: skip
    source = forms.CharField(
        label=_("内容（TOML）"),
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "class": "mono"}),
    )
    basis = forms.CharField(
        label=_("依据"),
        max_length=300,
        required=False,
        help_text=_("哪份文件，或哪次会议的决定。空着就用内容里的 basis。"),
    )


class YearForm(forms.Form):
    rule = forms.ChoiceField(label=_("规则"), required=False)
    region = forms.ChoiceField(label=_("范围"), required=False)
    year = forms.ChoiceField(label=_("年度"), required=False)

    def __init__(self, given: Any, *, rules: list[tuple[str, str]], regions: list[tuple[str, str]], years: list[str]):
        defaults = {
            "rule": rules[0][0] if rules else "",
            "region": regions[0][0] if regions else "",
            "year": years[0] if years else "",
        }
        super().__init__({**defaults, **{key: value for key, value in dict(given.items()).items() if value}})
        for name, choices in (("rule", rules), ("region", regions), ("year", [(year, year) for year in years])):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.is_valid()
