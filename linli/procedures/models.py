"""One running matter of any kind, its entries, its offers of work and its clocks. No domain word lives here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

from linli.base.policies.models import PolicyVersion
from linli.people.organisations.models import Organisation


class Proceeding(models.Model):
    """A running matter. Step, round, holder and due time are caches of the fold of its entries."""

    number = models.CharField("编号", max_length=40, unique=True)
    procedure = models.ForeignKey(PolicyVersion, models.PROTECT, verbose_name="流程", related_name="+", db_index=False)
    kind = models.CharField("类别", max_length=40)
    title = models.CharField("标题", max_length=120)
    service_class = models.CharField("时限等级", max_length=20)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    sub_district_code = models.GeneratedField(
        expression=Left("region_code", 9),
        output_field=models.CharField(max_length=9, db_collation="C"),
        db_persist=True,
        verbose_name="街道",
    )
    community_code = models.GeneratedField(
        expression=Left("region_code", 12),
        output_field=models.CharField(max_length=12, db_collation="C"),
        db_persist=True,
        verbose_name="社区",
    )
    step = models.CharField("环节", max_length=30)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    desk = models.ForeignKey(Organisation, models.PROTECT, verbose_name="派单台", related_name="+", db_index=False)
    holder = models.ForeignKey(Organisation, models.PROTECT, verbose_name="承办单位", related_name="+", db_index=False)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="主办单位", related_name="+", null=True, db_index=False
    )
    post_id = models.BigIntegerField("经办岗位", null=True)
    involved = ArrayField(models.BigIntegerField(), verbose_name="参与单位", default=list)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级办件", related_name="children", null=True, db_index=False
    )
    parent_waits = models.BooleanField("上级须等它办完", default=False)
    opened_at = models.DateTimeField("登记时间")
    closed_at = models.DateTimeField("办结时间", null=True)
    result = models.CharField("结果", max_length=30, blank=True)
    due_at = models.DateTimeField("最近到期", null=True)
    due_clock = models.CharField("到期时限", max_length=30, blank=True)
    paused = models.BooleanField("暂停中", default=False)
    entry_count = models.PositiveIntegerField("记录数", default=0)
    head = models.CharField("链头", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        indexes = [
            models.Index(
                F("holder"), F("due_at"), F("id"), name="proceeding_of_holder", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                F("post_id"), F("due_at"), F("id"), name="proceeding_of_post", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                F("sub_district_code"),
                F("due_at"),
                F("id"),
                name="proceeding_of_street",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                F("community_code"),
                F("due_at"),
                F("id"),
                name="proceeding_of_community",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(fields=["sub_district_code", "-opened_at", "-id"], name="proceeding_street_latest"),
            models.Index(fields=["community_code", "-opened_at", "-id"], name="proceeding_community_latest"),
            models.Index(fields=["parent"], name="proceeding_children", condition=Q(parent__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class Entry(models.Model):
    """One act, recorded for good: gap-free within its proceeding, chained by hash. Nothing edits an entry."""

    proceeding = models.ForeignKey(
        Proceeding, models.PROTECT, verbose_name="办件", related_name="entries", db_index=False
    )
    seq = models.PositiveIntegerField("序号")
    act = models.CharField("动作", max_length=30)
    from_step = models.CharField("原环节", max_length=30, blank=True)
    to_step = models.CharField("到环节", max_length=30)
    round = models.PositiveSmallIntegerField("轮次")
    at = models.DateTimeField("时间")
    actor_kind = models.CharField("身份", max_length=12)
    actor_name = models.CharField("办理人", max_length=80, blank=True)
    account_id = models.BigIntegerField("账号", null=True)
    post_id = models.BigIntegerField("岗位", null=True)
    organisation_id = models.BigIntegerField("单位", null=True)
    note = models.TextField("说明", blank=True)
    public = models.BooleanField("诉求人可见", default=False)
    given = models.JSONField("记录内容", default=dict)
    files = ArrayField(models.BigIntegerField(), verbose_name="附件", default=list)
    hash = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["proceeding", "seq"], name="entry_once")]

    def __str__(self) -> str:
        return f"{self.proceeding_id}/{self.seq} {self.act}"


class Assignment(models.Model):
    """An offer of work to an organisation; a ruling makes it final."""

    proceeding = models.ForeignKey(
        Proceeding, models.PROTECT, verbose_name="办件", related_name="assignments", db_index=False
    )
    seq = models.PositiveIntegerField("起始记录")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="单位", related_name="+", db_index=False
    )
    role = models.CharField("角色", max_length=10)
    status = models.CharField("状态", max_length=10)
    round = models.PositiveSmallIntegerField("轮次")
    offered_at = models.DateTimeField("派出时间")
    answered_at = models.DateTimeField("回应时间", null=True)
    final = models.BooleanField("已裁定", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "承办"
        constraints = [models.UniqueConstraint(fields=["proceeding", "seq"], name="assignment_once")]
        indexes = [models.Index(fields=["organisation", "status"], name="assignment_of_organisation")]

    def __str__(self) -> str:
        return f"{self.proceeding_id} → {self.organisation_id}"


class Clock(models.Model):
    """A time limit that runs. Everything its due time follows from is stored beside it."""

    proceeding = models.ForeignKey(
        Proceeding, models.PROTECT, verbose_name="办件", related_name="clocks", db_index=False
    )
    seq = models.PositiveIntegerField("起始记录")
    code = models.CharField("时限", max_length=30)
    round = models.PositiveSmallIntegerField("轮次")
    started_at = models.DateTimeField("开始")
    amount = models.PositiveIntegerField("数量")
    unit = models.CharField("单位", max_length=20)
    policy = models.CharField("政策版本", max_length=60, blank=True)
    calendar = models.CharField("日历版本", max_length=60, blank=True)
    pauses = models.JSONField("暂停", default=list)
    extensions = models.JSONField("延期", default=list)
    due_at = models.DateTimeField("到期", null=True)
    met_at = models.DateTimeField("完成", null=True)
    stopped_at = models.DateTimeField("中止", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        constraints = [models.UniqueConstraint(fields=["proceeding", "code", "seq"], name="clock_once")]

    def __str__(self) -> str:
        return f"{self.proceeding_id} {self.code}"


class Ruling(models.Model):
    """What was decided about a disputed return; kept as a precedent and shown at the next similar one."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, verbose_name="承办", related_name="ruling")
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, verbose_name="办件", related_name="rulings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="裁定由谁承办", related_name="+")
    subject = models.CharField("事项", max_length=60, blank=True)
    clause = models.CharField("依据条款", max_length=200)
    text = models.TextField("裁定内容")
    ruled_at = models.DateTimeField("裁定时间")
    ruled_by = models.CharField("裁定人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "裁定"
        indexes = [models.Index(fields=["subject", "-ruled_at"], name="ruling_precedents")]

    def __str__(self) -> str:
        return f"{self.subject} {self.clause}"
