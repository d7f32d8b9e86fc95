"""What a resident raised, beside its proceeding: the words, the place, who reported it, and how it was settled."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from linli.base import masks
from linli.base.crypto import BlindIndexField, SealedField, normalise_phone
from linli.people.organisations.models import Organisation
from linli.places.addresses.models import Building, Compound
from linli.places.sites.models import Thing
from linli.procedures.models import Proceeding


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASIC = "basic", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class Cluster(models.Model):
    """Cases about one and the same thing. Never a merge: each reporter keeps number, call-back and privacy."""

    title = models.CharField("标题", max_length=120)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    created_at = models.DateTimeField("建立时间")

    class Meta:
        verbose_name = verbose_name_plural = "同类诉求"

    def __str__(self) -> str:
        return self.title


class Case(models.Model):
    class Kind(models.TextChoices):
        ADVICE = "advice", "咨询"
        HELP = "help", "求助"
        COMPLAINT = "complaint", "投诉"
        REPORT = "report", "举报"
        SUGGESTION = "suggestion", "建议"

    class Channel(models.TextChoices):
        WEB = "web", "网页"
        TELEPHONE = "telephone", "电话"
        COUNTER = "counter", "社区窗口"
        PATROL = "patrol", "巡查发现"
        HOTLINE = "hotline", "市民热线"
        SHEET = "sheet", "表格导入"
        API = "api", "接口"

    proceeding = models.OneToOneField(
        Proceeding, models.PROTECT, primary_key=True, verbose_name="办件", related_name="case"
    )
    text = models.TextField("诉求内容")
    kind = models.CharField("类型", max_length=12, choices=Kind, default=Kind.HELP)
    category = models.CharField("分类", max_length=60, blank=True)
    suggested = models.CharField("建议分类", max_length=60, blank=True)
    confidence = models.FloatField("把握", null=True)
    channel = models.CharField("渠道", max_length=12, choices=Channel)
    foreign_source = models.CharField("来源系统", max_length=40, blank=True)
    foreign_number = models.CharField("来源编号", max_length=80, blank=True)
    compound = models.ForeignKey(
        Compound, models.PROTECT, verbose_name="小区", null=True, related_name="+", db_index=False
    )
    building = models.ForeignKey(
        Building, models.PROTECT, verbose_name="楼栋", null=True, related_name="+", db_index=False
    )
    # What stands there and was reported by its code on the wall; its state follows the case.
    thing = models.ForeignKey(Thing, models.PROTECT, verbose_name="部件", null=True, related_name="+", db_index=False)
    place_text = models.CharField("地点", max_length=200, blank=True)
    longitude = models.FloatField("经度", null=True)
    latitude = models.FloatField("纬度", null=True)
    anonymous = models.BooleanField("匿名", default=False)
    reporter_name = SealedField(
        "cases.case.reporter_name", mask=masks.name, keyed_by="pk", verbose_name="诉求人姓名", null=True
    )
    reporter_phone = SealedField(
        "cases.case.reporter_phone", mask=masks.phone, keyed_by="pk", verbose_name="联系电话", null=True
    )
    phone_index = BlindIndexField(of="reporter_phone", normalise=normalise_phone, verbose_name="电话盲索引", null=True)
    tracking_version = models.PositiveSmallIntegerField("查询码版次", default=1)
    about = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="被反映单位", null=True, related_name="+", db_index=False
    )
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, verbose_name="同类", null=True, related_name="cases", db_index=False
    )
    proactive = models.BooleanField("主动发现", default=False)
    grams = ArrayField(models.TextField(), verbose_name="检索词", default=list)

    # What figures count by: the day of the first answer, late if any round was; the day and the words of the last call-back.
    filed_on = models.DateField("登记日")
    answered_on = models.DateField("答复日", null=True)
    settled_on = models.DateField("回访日", null=True)
    contacted = models.BooleanField("已联系", default=False)
    reachable = models.BooleanField("有效回访", default=False)
    resolved = models.BooleanField("已解决", null=True)
    satisfaction = models.CharField("满意度", max_length=12, choices=Satisfaction, blank=True)
    answered_late = models.BooleanField("超期答复", default=False)
    # Left out of what units are judged by, never out of the figures of all cases.
    exempted = models.BooleanField("已剔除", default=False)
    # The last word from above since the holder was given it and has not answered yet: nothing, reminded, supervised.
    pressed = models.PositiveSmallIntegerField("催督", default=0)
    # Since when the street calls it difficult; the reason stands in the record.
    difficult_since = models.DateTimeField("列为疑难", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉求"
        constraints = [
            models.UniqueConstraint(
                fields=["foreign_source", "foreign_number"], condition=~Q(foreign_number=""), name="case_foreign_once"
            ),
        ]
        indexes = [
            models.Index(fields=["category", "filed_on"], name="case_category_day"),
            models.Index(F("cluster"), name="case_cluster", condition=Q(cluster__isnull=False)),
            models.Index(F("thing"), name="case_thing", condition=Q(thing__isnull=False)),
            models.Index(F("phone_index"), name="case_phone", condition=Q(phone_index__isnull=False)),
            models.Index(F("settled_on"), name="case_settled", condition=Q(settled_on__isnull=False)),
            models.Index(fields=["filed_on"], name="case_filed"),
            models.Index(F("foreign_number"), name="case_foreign", condition=~Q(foreign_number="")),
            GinIndex(fields=["grams"], name="case_grams"),
            models.Index(F("difficult_since"), name="case_difficult", condition=Q(difficult_since__isnull=False)),
            models.Index(F("pressed"), F("proceeding"), name="case_pressed", condition=Q(pressed__gt=0)),
            models.Index(F("exempted"), F("filed_on"), name="case_exempted", condition=Q(exempted=True)),
        ]

    def __str__(self) -> str:
        return str(self.proceeding_id)


class ContactAttempt(models.Model):
    """One try to reach the reporter, for handling or for the call-back; unreached tries count as much as reached ones."""

    class Purpose(models.TextChoices):
        HANDLING = "handling", "办理联系"
        CALLBACK = "callback", "回访"

    class Channel(models.TextChoices):
        TELEPHONE = "telephone", "电话"
        VISIT = "visit", "上门"
        LINK = "link", "网页"
        MESSAGE = "message", "短信"

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="contacts", db_index=False)
    round = models.PositiveSmallIntegerField("轮次")
    purpose = models.CharField("目的", max_length=10, choices=Purpose)
    channel = models.CharField("方式", max_length=10, choices=Channel)
    reached = models.BooleanField("联系上")
    note = models.CharField("说明", max_length=500, blank=True)
    at = models.DateTimeField("时间")
    post_id = models.BigIntegerField("岗位", null=True)
    by = models.CharField("联系人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "联系记录"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "at"], name="contact_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_channel_display()}"


class Settlement(models.Model):
    """What the reporter said of one round: resolved and satisfied are kept apart, both may be unknown."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="settlements", db_index=False)
    round = models.PositiveSmallIntegerField("轮次")
    reachable = models.BooleanField("有效回访")
    resolved = models.BooleanField("已解决", null=True)
    satisfaction = models.CharField("满意度", max_length=12, choices=Satisfaction, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    channel = models.CharField("方式", max_length=10, choices=ContactAttempt.Channel)
    at = models.DateTimeField("时间")
    by = models.CharField("回访人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "回访结果"
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="settlement_once")]

    def __str__(self) -> str:
        return f"{self.case_id} 第{self.round}轮"


class HangUp(models.Model):
    """A case that cannot be done yet, honestly so: why, what is promised by when, and when somebody looks again.

    The record of the case tells the same; this is the list of it.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="hang_ups", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="承办单位", related_name="+", db_index=False
    )
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    round = models.PositiveSmallIntegerField("轮次")
    reason = models.CharField("原因", max_length=30)
    promise = models.CharField("答应做到", max_length=500)
    promised_on = models.DateField("答应的日期")
    hung_on = models.DateField("挂账日")
    review_on = models.DateField("下次复核")
    reviews = models.PositiveSmallIntegerField("复核次数", default=0)
    ended_on = models.DateField("解除日", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "挂账"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on__isnull=True), name="hang_up_once"),
        ]
        indexes = [
            models.Index(fields=["review_on"], name="hang_up_review", condition=Q(ended_on__isnull=True)),
            models.Index(fields=["case"], name="hang_up_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.promised_on}"


class Exemption(models.Model):
    """A request to leave a case out of what units are judged by: two people, never one."""

    class State(models.TextChoices):
        ASKED = "asked", "待审核"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "不同意"

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="exemptions", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="申请单位", related_name="+", db_index=False
    )
    reason = models.CharField("理由", max_length=30)
    note = models.TextField("说明", max_length=2000)
    materials = models.CharField("材料", max_length=500, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField("申请时间")
    asked_account = models.BigIntegerField("申请账号")
    asked_by = models.CharField("申请人", max_length=80)
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_account = models.BigIntegerField("审核账号", null=True)
    decided_by = models.CharField("审核人", max_length=80, blank=True)
    decision = models.CharField("审核意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "剔除申请"
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="asked"), name="exemption_asked_once"),
            models.CheckConstraint(
                condition=Q(decided_account__isnull=True) | ~Q(decided_account=F("asked_account")),
                name="exemption_two_people",
            ),
        ]
        indexes = [models.Index(fields=["state", "-asked_at"], name="exemption_of_state")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_state_display()}"


class Precedent(models.Model):
    """A ruling as it is quoted at the next similar case: what kind of matter, who leads, by which clause.

    Seen by everybody who works in the sub-district, also where the case itself is not: so no word of the reporter stands
    here but for the pairs of characters by which the next similar case is known.
    """

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="precedents")
    category = models.CharField("分类", max_length=60, blank=True)
    region_code = models.CharField("所在区划", max_length=24, db_collation="C")
    street = models.CharField("街道", max_length=9, db_collation="C")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="裁定由谁承办", related_name="+", db_index=False
    )
    clause = models.CharField("依据条款", max_length=200)
    text = models.TextField("裁定内容", max_length=2000)
    ruled_at = models.DateTimeField("裁定时间")
    grams = ArrayField(models.TextField(), verbose_name="检索词", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "先例"
        indexes = [
            models.Index(fields=["street", "category", "-ruled_at"], name="precedent_of_category"),
            models.Index(fields=["street", "-ruled_at", "-id"], name="precedent_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.clause}"


class Part(models.Model):
    """A share of the work of a case, given to another organisation: a proceeding of its own below the case's."""

    proceeding = models.OneToOneField(
        Proceeding, models.PROTECT, primary_key=True, verbose_name="办件", related_name="part"
    )
    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="parts", db_index=False)
    text = models.TextField("分办内容", max_length=2000)

    class Meta:
        verbose_name = verbose_name_plural = "分办件"
        indexes = [models.Index(fields=["case"], name="part_of_case")]

    def __str__(self) -> str:
        return str(self.proceeding_id)
