"""Runs of a score rule with everything they were made from, frozen; what is appealed, set right beside it, and published."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from linli.base.policies.models import PolicyVersion
from linli.people.organisations.models import Organisation


class ScoreRun(models.Model):
    """One period of one rule over one place. Written once: a mistake is set right by another run that replaces it."""

    class Source(models.TextChoices):
        CASES = "cases", "诉求计数"
        TABLE = "table", "表格填报"

    rule = models.ForeignKey(PolicyVersion, models.PROTECT, verbose_name="规则", related_name="+")
    code = models.CharField("规则代码", max_length=60)
    label = models.CharField("考核期", max_length=7)
    first = models.DateField("第一天")
    last = models.DateField("最后一天")
    region_code = models.CharField("范围", max_length=24, db_collation="C")
    source = models.CharField("数据来源", max_length=8, choices=Source)
    pinned = models.JSONField("所用口径", default=dict)
    note = models.CharField("说明", max_length=300, blank=True)
    unplaced = models.PositiveIntegerField("未定到单位的诉求", default=0)
    replaces = models.OneToOneField("self", models.PROTECT, verbose_name="替代", related_name="replaced_by", null=True)
    frozen_at = models.DateTimeField("冻结时间")
    frozen_by = models.CharField("办理人", max_length=80)
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "评分"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "region_code", "label"], condition=Q(replaces__isnull=True), name="score_run_once"
            )
        ]
        indexes = [models.Index(F("region_code"), F("label").desc(), name="score_run_latest")]

    def __str__(self) -> str:
        return f"{self.label} {self.code}"


class ScoreUnit(models.Model):
    """One unit of a run: its frozen numbers and what the rule made of them. An organisation or a region, never a person."""

    run = models.ForeignKey(ScoreRun, models.PROTECT, verbose_name="评分", related_name="units", db_index=False)
    key = models.CharField("单位代码", max_length=80)
    name = models.CharField("单位", max_length=80)
    group = models.CharField("组别", max_length=40, blank=True)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="组织", related_name="+", null=True, db_index=False
    )
    numbers = models.JSONField("考核口径的数", help_text="输入项代码到精确的数")
    all_numbers = models.JSONField("全口径的数", default=dict, help_text="含已剔除的")
    total = models.DecimalField("总分", max_digits=14, decimal_places=6, null=True, help_text="没有一项有分就没有总分")
    tier = models.CharField("档次", max_length=20, blank=True)
    rank = models.PositiveIntegerField("名次", null=True)
    lines = models.JSONField("计算过程", help_text="冻结时的每一项与每一步")

    class Meta:
        verbose_name = verbose_name_plural = "评分单位"
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="score_unit_once")]
        indexes = [models.Index(fields=["key", "run"], name="score_unit_history")]

    def __str__(self) -> str:
        return self.name


class FrozenCases(models.Model):
    """The cases behind one unit of a run: ids, what each counted for (bits), and its kind, channel and category then."""

    run = models.ForeignKey(ScoreRun, models.PROTECT, verbose_name="评分", related_name="cases", db_index=False)
    key = models.CharField("单位代码", max_length=80)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    organisation_id = models.BigIntegerField("组织", null=True)
    case_ids = ArrayField(models.BigIntegerField(), verbose_name="诉求")
    facts = ArrayField(models.IntegerField(), verbose_name="计入")
    marks = ArrayField(models.TextField(), verbose_name="类型")

    class Meta:
        verbose_name = verbose_name_plural = "评分所据诉求"
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="frozen_cases_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.key}"


class Appeal(models.Model):
    """A unit does not accept one number or one case of its score. What comes of it stands beside the run, not in it."""

    class Kind(models.TextChoices):
        CASE = "case", "某件不应计入"
        NUMBER = "number", "某个数不对"

    class Status(models.TextChoices):
        FILED = "filed", "待裁定"
        GRANTED = "granted", "支持"
        REFUSED = "refused", "不支持"

    unit = models.ForeignKey(ScoreUnit, models.PROTECT, verbose_name="单位", related_name="appeals")
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    organisation_id = models.BigIntegerField("组织", null=True)
    kind = models.CharField("事由", max_length=8, choices=Kind)
    case_id = models.BigIntegerField("诉求", null=True)
    number = models.CharField("诉求编号", max_length=40, blank=True)
    input = models.CharField("输入项", max_length=60, blank=True)
    claimed = models.CharField("应为", max_length=40, blank=True)
    reason = models.CharField("理由", max_length=500)
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.FILED)
    filed_at = models.DateTimeField("提出时间")
    filed_by = models.CharField("提出人", max_length=80)
    filed_for = models.BigIntegerField("提出单位", null=True)
    decided_at = models.DateTimeField("裁定时间", null=True)
    decided_by = models.CharField("裁定人", max_length=80, blank=True)
    decision = models.CharField("裁定说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评分申诉"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "case_id"],
                condition=Q(case_id__isnull=False) & ~Q(status="refused"),
                name="appeal_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.get_kind_display()}"


class CounterEntry(models.Model):
    """A number added to or taken from a frozen one by a granted appeal. The frozen one stays as it was."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, verbose_name="申诉", related_name="entries")
    unit = models.ForeignKey(ScoreUnit, models.PROTECT, verbose_name="单位", related_name="entries")
    input = models.CharField("输入项", max_length=60)
    amount = models.CharField("增减", max_length=40)
    case_id = models.BigIntegerField("诉求", null=True)
    at = models.DateTimeField("时间")
    by = models.CharField("裁定人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "冲正"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "input", "case_id"], condition=Q(case_id__isnull=False), name="counter_entry_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.input} {self.amount}"


class Publication(models.Model):
    """What of a run is shown to the units of the place: tiers or trends freely, a ranking only on a recorded lawful basis.

    results holds just what is shown, as it was when published; the end of a basis hides the ranking again.
    """

    class Form(models.TextChoices):
        TIERS = "tiers", "分档"
        TREND = "trend", "趋势"
        RANKS = "ranks", "名次和得分"

    run = models.ForeignKey(ScoreRun, models.PROTECT, verbose_name="评分", related_name="publications")
    region_code = models.CharField("范围", max_length=24, db_collation="C")
    form = models.CharField("公布形式", max_length=8, choices=Form)
    basis = models.CharField("依据文件", max_length=300, blank=True)
    level = models.CharField("决定的层级", max_length=40, blank=True)
    until = models.DateField("有效期至", null=True)
    results = models.JSONField("公布内容")
    published_at = models.DateTimeField("公布时间")
    published_by = models.CharField("公布人", max_length=80)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_by = models.CharField("撤下人", max_length=80, blank=True)
    withdrawn_for = models.CharField("撤下原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评分公布"
        constraints = [
            models.CheckConstraint(
                condition=~Q(form="ranks") | (~Q(basis="") & ~Q(level="") & Q(until__isnull=False)),
                name="ranks_have_a_basis",
            ),
            models.UniqueConstraint(fields=["run"], condition=Q(withdrawn_at__isnull=True), name="publication_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.get_form_display()}"
