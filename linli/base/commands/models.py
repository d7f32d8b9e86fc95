"""What every command leaves behind in its own transaction: audit, outbox, idempotency key."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditRow(models.Model):
    """Who did what, when, to what. Written by the command itself; nothing edits or deletes it."""

    at = models.DateTimeField("时间")
    command = models.CharField("命令", max_length=80)
    actor_kind = models.CharField("身份", max_length=12)
    account_id = models.BigIntegerField("账号", null=True)
    post_id = models.BigIntegerField("岗位", null=True)
    organisation_id = models.BigIntegerField("组织", null=True)
    target_kind = models.CharField("对象类别", max_length=60, blank=True)
    target_id = models.CharField("对象", max_length=60, blank=True)
    detail = models.JSONField("内容", default=dict)
    request_id = models.CharField("请求号", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        indexes = [
            models.Index(fields=["target_kind", "target_id", "id"], name="audit_target"),
            models.Index(fields=["account_id", "id"], name="audit_account"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.command}"


class OutboxRow(models.Model):
    """An event that left a command; the relay hands it to the wires after commit, at least once."""

    event = models.CharField("事件", max_length=80)
    payload = models.JSONField("内容")
    created_at = models.DateTimeField("产生时间")
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    next_at = models.DateTimeField("下次尝试")
    delivered_at = models.DateTimeField("送达时间", null=True)
    error = models.CharField("错误", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待发事件"
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="outbox_waiting", condition=models.Q(delivered_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} #{self.pk}"


class IdempotencyKey(models.Model):
    """A call that was made once. The same key again gets the same answer and does nothing."""

    principal = models.CharField("提交者", max_length=80)
    key = models.CharField("提交号", max_length=120)
    command = models.CharField("命令", max_length=80)
    request_hash = models.CharField("请求摘要", max_length=64)
    answer = models.JSONField("应答", null=True)
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "提交号"
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.command} {self.key}"


class ReadRow(models.Model):
    """Who read which personal fields of what, and why. Written before the datum leaves, in the same transaction."""

    at = models.DateTimeField("时间")
    account_id = models.BigIntegerField("账号", null=True)
    post_id = models.BigIntegerField("岗位", null=True)
    organisation_id = models.BigIntegerField("组织", null=True)
    reader = models.CharField("查看人", max_length=80)
    role = models.CharField("角色", max_length=30)
    subject_kind = models.CharField("对象类别", max_length=60)
    subject_id = models.CharField("对象", max_length=60)
    fields = ArrayField(models.CharField(max_length=80), verbose_name="字段")
    purpose = models.CharField("用途", max_length=40)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "查看记录"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="read_subject"),
            models.Index(fields=["account_id", "id"], name="read_account"),
            models.Index(fields=["account_id", "at"], name="read_listed", condition=models.Q(purpose="export")),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.reader}"
