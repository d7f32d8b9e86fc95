"""What a hotline sent: each message once and for good, and how many were refused at the door."""

from django.db import models
from django.db.models import Q

from linli.base.crypto import SealedField
from linli.doors.channels.hotline.models import Exchange


class Message(models.Model):
    """An incoming message. Its words stay sealed while it waits; once it has become an act only its hash is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", "等前面的消息"
        DONE = "done", "已办"
        REFUSED = "refused", "办不了"
        DROPPED = "dropped", "不办"

    class Via(models.TextChoices):
        WEBHOOK = "webhook", "接口"
        SHEET = "sheet", "表格"

    exchange = models.ForeignKey(Exchange, models.PROTECT, verbose_name="对接", related_name="+")
    message_id = models.CharField("消息编号", max_length=120)
    order_number = models.CharField("热线工单号", max_length=80, blank=True)
    seq = models.PositiveIntegerField("序号")
    type = models.CharField("类型", max_length=40)
    digest = models.CharField("摘要", max_length=64)
    content = SealedField("hotline_inbox.message.content", verbose_name="内容", null=True)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    via = models.CharField("来路", max_length=8, choices=Via)
    received_at = models.DateTimeField("收到时间")
    done_at = models.DateTimeField("办理时间", null=True)
    error = models.CharField("原因", max_length=300, blank=True)
    note = models.CharField("处理说明", max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    repeats = models.PositiveIntegerField("重复收到", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "热线来件"
        constraints = [
            models.UniqueConstraint(fields=["exchange", "message_id"], name="message_once"),
            models.UniqueConstraint(fields=["exchange", "order_number", "seq"], name="message_in_order"),
        ]
        indexes = [
            models.Index(fields=["exchange", "order_number"], name="message_waits", condition=Q(state="waiting")),
            models.Index(fields=["state", "-id"], name="message_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number}/{self.seq} {self.type}"


class Rejection(models.Model):
    """How many messages were turned away at the door on one day, and why. Nothing of their content is kept."""

    class Cause(models.TextChoices):
        UNKNOWN = "unknown", "没有这个对接"
        MISSING = "missing", "没有签名"
        MALFORMED = "malformed", "签名或内容写得不对"
        FORGED = "forged", "签名不对"
        STALE = "stale", "时间不对"
        OVERSIZED = "oversized", "太大"
        HASTY = "hasty", "太频繁"
        CONFLICT = "conflict", "同号不同内容"

    code = models.CharField("对接代号", max_length=30, blank=True)
    day = models.DateField("日期")
    cause = models.CharField("原因", max_length=10, choices=Cause)
    times = models.PositiveIntegerField("次数")

    class Meta:
        verbose_name = verbose_name_plural = "拒收计数"
        constraints = [models.UniqueConstraint(fields=["code", "day", "cause"], name="rejection_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.cause}"
