"""The exchange with a city's hotline: who the other side is, its orders, and what goes out to it."""

from django.db import models
from django.db.models import Q

from linli.base.crypto import SealedField
from linli.people.accounts.models import Post
from linli.procedures.models import Proceeding


class Exchange(models.Model):
    """One hotline that orders are exchanged with. It acts through a post of its own, with the rights of that role."""

    class Transport(models.TextChoices):
        WEBHOOK = "webhook", "接口"
        SHEET = "sheet", "表格"

    code = models.SlugField("代号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=60)
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    region_code = models.CharField("辖区", max_length=24, db_collation="C")
    transport = models.CharField("方式", max_length=8, choices=Transport, default=Transport.WEBHOOK)
    address = models.CharField("对方地址", max_length=300, blank=True)
    per_minute = models.PositiveIntegerField("每分钟最多收", default=600)
    active = models.BooleanField("启用", default=False)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        verbose_name = verbose_name_plural = "热线对接"

    def __str__(self) -> str:
        return self.name


class Secret(models.Model):
    """A signing secret in force until it is ended; several at once while one replaces another. Shown once."""

    class Direction(models.TextChoices):
        IN = "in", "收"
        OUT = "out", "发"

    exchange = models.ForeignKey(Exchange, models.PROTECT, verbose_name="对接", related_name="secrets")
    direction = models.CharField("方向", max_length=3, choices=Direction)
    value = SealedField("hotline.secret.value", verbose_name="密钥")
    hint = models.CharField("末四位", max_length=4)
    created_at = models.DateTimeField("建立时间")
    ends_at = models.DateTimeField("失效时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "签名密钥"

    def __str__(self) -> str:
        return f"{self.get_direction_display()} …{self.hint}"


class Order(models.Model):
    """An order of the hotline by its own number, and how far both directions have come.

    next_seq: the number of the next incoming message; reported: the last entry of the case that was looked at for
    outgoing ones; letters: how many were written.
    """

    exchange = models.ForeignKey(Exchange, models.PROTECT, verbose_name="对接", related_name="orders")
    number = models.CharField("热线工单号", max_length=80)
    case = models.OneToOneField(
        Proceeding, models.PROTECT, verbose_name="办件", related_name="hotline_order", null=True
    )
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    next_seq = models.PositiveIntegerField("下一个来件序号", default=1)
    reported = models.PositiveIntegerField("已看到的记录", default=0)
    letters = models.PositiveIntegerField("已写的外发", default=0)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        verbose_name = verbose_name_plural = "热线工单"
        constraints = [models.UniqueConstraint(fields=["exchange", "number"], name="order_once")]

    def __str__(self) -> str:
        return self.number


class Letter(models.Model):
    """One message to the hotline. Its words are those of the entry it reports; only what is not there stands here."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        SENT = "sent", "已送达"
        DEAD = "dead", "发不出去"
        DROPPED = "dropped", "不再发"

    exchange = models.ForeignKey(Exchange, models.PROTECT, verbose_name="对接", related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, verbose_name="热线工单", related_name="+", null=True)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    message_id = models.CharField("消息编号", max_length=60, unique=True)
    type = models.CharField("类型", max_length=40)
    seq = models.PositiveIntegerField("序号", null=True)
    entry_seq = models.PositiveIntegerField("办理记录序号", null=True)
    facts = models.JSONField("内容", default=dict)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    next_at = models.DateTimeField("下次尝试")
    created_at = models.DateTimeField("产生时间")
    sent_at = models.DateTimeField("送达时间", null=True)
    status = models.PositiveSmallIntegerField("对方应答", null=True)
    error = models.CharField("原因", max_length=300, blank=True)
    note = models.CharField("处理说明", max_length=200, blank=True)
    batch = models.PositiveIntegerField("表格批次", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "外发消息"
        constraints = [
            models.UniqueConstraint(fields=["order", "entry_seq"], name="letter_once"),
            models.UniqueConstraint(fields=["order", "seq"], name="letter_in_order"),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="letter_waiting", condition=Q(state="waiting")),
            models.Index(fields=["order", "id"], name="letter_unsent", condition=Q(state__in=["waiting", "dead"])),
            models.Index(fields=["state", "-id"], name="letter_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"
