"""What is kept about the keeping of personal information: requests, authorities, retention runs, exports, keys."""

from django.db import models
from django.db.models import F, Q

from linli.base import masks
from linli.base.crypto import BlindIndexField, SealedField, normalise_phone


class RightsRequest(models.Model):
    """What somebody asks about the information held on them (个人信息保护法第四十五至五十条), and the office's answer."""

    class Kind(models.TextChoices):
        CORRECT = "correct", "更正"
        WITHDRAW = "withdraw", "撤回同意"
        FORGET = "forget", "删除"
        COMPLAIN = "complain", "投诉"

    class Outcome(models.TextChoices):
        DONE = "done", "已照办"
        PARTLY = "partly", "部分照办"
        REFUSED = "refused", "依法不能照办"

    kind = models.CharField("请求", max_length=10, choices=Kind)
    subject_kind = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象")
    field = models.CharField("字段", max_length=80, blank=True)
    words = SealedField("privacy.rightsrequest.words", keyed_by="id", verbose_name="请求内容", mask=masks.scrub)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    authority = models.ForeignKey(
        "Authority", models.PROTECT, verbose_name="代办人", related_name="requests", null=True, blank=True
    )
    asked_at = models.DateTimeField("提出时间")
    due_on = models.DateField("答复期限")
    outcome = models.CharField("结果", max_length=8, choices=Outcome, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_post = models.BigIntegerField("答复岗位", null=True, blank=True)
    answered_unit = models.BigIntegerField("答复单位", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息请求"
        constraints = [
            models.CheckConstraint(name="rights_answer", condition=Q(answered_at=None, outcome="") | ~Q(outcome="")),
        ]
        indexes = [
            models.Index(fields=["region_code", "due_on"], name="rights_open", condition=Q(answered_at=None)),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="rights_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class Authority(models.Model):
    """A relative or guardian who may ask for somebody, recorded by staff who have seen on what it rests."""

    class Relation(models.TextChoices):
        CHILD = "child", "子女"
        PARENT = "parent", "父母"
        SPOUSE = "spouse", "配偶"
        GUARDIAN = "guardian", "监护人"
        OTHER = "other", "其他受托人"

    subject_kind = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象")
    relation = models.CharField("关系", max_length=10, choices=Relation)
    name = SealedField("privacy.authority.name", keyed_by="id", verbose_name="姓名", mask=masks.name)
    phone = SealedField("privacy.authority.phone", keyed_by="id", verbose_name="电话", mask=masks.phone)
    phone_index = BlindIndexField("phone", verbose_name="电话索引", normalise=normalise_phone, null=True)
    basis = models.CharField("依据", max_length=200)
    starts = models.DateField("开始")
    ends = models.DateField("截止")
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    recorded_at = models.DateTimeField("登记时间")
    recorded_post = models.BigIntegerField("登记岗位", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "代办授权"
        constraints = [models.CheckConstraint(name="authority_order", condition=Q(ends__gte=F("starts")))]
        indexes = [
            models.Index(fields=["phone_index"], name="authority_phone"),
            models.Index(fields=["subject_kind", "subject_id"], name="authority_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} #{self.pk}"


class RetentionRun(models.Model):
    """One deletion of what has outlived its purpose: first only reported, then approved by a second person, then done."""

    class State(models.TextChoices):
        DRAFTED = "drafted", "待复核"
        APPROVED = "approved", "正在删除"
        DONE = "done", "已删除"
        CANCELLED = "cancelled", "已取消"

    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFTED)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C", blank=True)
    policy_id = models.BigIntegerField("政策版本")
    day = models.DateField("计算日期")
    report = models.JSONField("清单汇总", default=list)
    total = models.PositiveIntegerField("共计", default=0)
    drafted_at = models.DateTimeField("提出时间")
    drafted_by = models.BigIntegerField("提出账号", null=True)
    approved_at = models.DateTimeField("复核时间", null=True, blank=True)
    approved_by = models.BigIntegerField("复核账号", null=True, blank=True)
    deleted = models.PositiveIntegerField("已删除", default=0)
    kept = models.PositiveIntegerField("不再到期", default=0)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "到期删除"
        constraints = [
            models.CheckConstraint(
                name="retention_two_people",
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"到期删除 #{self.pk}"


class RetentionItem(models.Model):
    """One thing that a run deletes: no name, only what it is and why."""

    class Result(models.TextChoices):
        WAITING = "", "待删除"
        DELETED = "deleted", "已删除"
        KEPT = "kept", "不再到期，保留"
        HELD = "held", "依法暂缓，保留"

    run = models.ForeignKey(RetentionRun, models.PROTECT, verbose_name="到期删除", related_name="items")
    kind = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象")
    rule = models.CharField("保存期限", max_length=40)
    since = models.DateField("起算日")
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    result = models.CharField("结果", max_length=8, choices=Result, blank=True, default=Result.WAITING)

    class Meta:
        verbose_name = verbose_name_plural = "到期对象"
        constraints = [models.UniqueConstraint(fields=["run", "kind", "subject_id"], name="retention_once")]
        indexes = [models.Index(fields=["run", "id"], name="retention_waiting", condition=Q(result=""))]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class LegalHold(models.Model):
    """A record that must not be deleted for now although its period is over: a lawsuit, an inspection, a complaint."""

    kind = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象")
    basis = models.CharField("依据", max_length=200)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    review_on = models.DateField("复核日期")
    placed_at = models.DateTimeField("提出时间")
    placed_by = models.BigIntegerField("提出账号", null=True)
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)
    lifted_by = models.BigIntegerField("解除账号", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "暂缓删除"
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], condition=Q(lifted_at=None), name="hold_once"),
        ]

    def __str__(self) -> str:
        return f"暂缓删除 #{self.pk}"


class Shredded(models.Model):
    """Whose key is destroyed, or is to be: noted with the deletion itself, so that a crash cannot forget it."""

    kind = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象")
    run = models.ForeignKey(RetentionRun, models.PROTECT, verbose_name="到期删除", null=True, related_name="+")
    noted_at = models.DateTimeField("记下时间")
    done_at = models.DateTimeField("销毁时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "已销毁密钥"
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="shredded_once")]
        indexes = [models.Index(fields=["id"], name="shredded_waiting", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Export(models.Model):
    """One list of people that left, or wants to leave: who takes what for which purpose, and who else agreed."""

    class State(models.TextChoices):
        TAKEN = "taken", "已导出"
        ASKED = "asked", "待审批"
        APPROVED = "approved", "已同意，未取"
        REFUSED = "refused", "不同意"

    state = models.CharField("状态", max_length=8, choices=State)
    what = models.CharField("内容", max_length=60)
    conditions = models.CharField("条件", max_length=500, blank=True)
    address = models.CharField("地址", max_length=2000)
    rows = models.PositiveIntegerField("行数")
    purpose = models.CharField("用途", max_length=40)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C", blank=True)
    asked_at = models.DateTimeField("提出时间")
    asked_by = models.BigIntegerField("提出账号", null=True)
    asked_post = models.BigIntegerField("提出岗位", null=True)
    asked_name = models.CharField("提出人", max_length=80)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decided_by = models.BigIntegerField("审批账号", null=True, blank=True)
    decided_name = models.CharField("审批人", max_length=80, blank=True)
    reason = models.CharField("审批意见", max_length=200, blank=True)
    taken_at = models.DateTimeField("导出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名单导出"
        constraints = [
            models.CheckConstraint(
                name="export_two_people", condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by"))
            ),
        ]
        indexes = [models.Index(fields=["region_code", "-id"], name="export_place")]

    def __str__(self) -> str:
        return f"{self.what} #{self.pk}"


class KeyRotation(models.Model):
    """Sealing everything anew under a fresh key, in steps that can be stopped; afterwards old index secrets go."""

    key = models.CharField("新密钥", max_length=8)
    place = models.CharField("做到", max_length=100, blank=True)
    last = models.BigIntegerField("最后一行", default=0)
    total = models.PositiveIntegerField("共计", default=0)
    done = models.PositiveIntegerField("看过", default=0)
    sealed = models.PositiveIntegerField("重新加密", default=0)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    copied_at = models.DateTimeField("已另存密钥环", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "换密钥"

    def __str__(self) -> str:
        return f"换密钥 {self.key}"
