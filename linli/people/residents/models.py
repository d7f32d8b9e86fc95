"""Who lives where, with whom, and who needs care. Names, numbers, births and the groups of care are sealed.

Every row carries the grid it belongs to: a person's rows that of their home, a household's and a residence's that of the dwelling. What
rules.md calls not to be collected has no column here and no free text to hide in: whatever is said about a person is chosen from lists.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When

from linli.base import masks
from linli.base.crypto import BlindIndexField, SealedField, normalise_phone
from linli.people.residents import rules
from linli.places.addresses.models import Dwelling


class Source(models.TextChoices):
    """Where a fact comes from."""

    SELF = "self", "本人登记"
    VISIT = "visit", "入户走访"
    FAMILY = "family", "家属或监护人"
    PAPER = "paper", "纸质台账"
    SHEET = "sheet", "表格导入"
    SHARED = "shared", "部门共享数据"
    DEMO = "demo", "演示，虚构"


class Person(models.Model):
    """A resident as the register knows them. `dwelling` is where they live now, or lived last."""

    class Sex(models.TextChoices):
        UNKNOWN = "0", "未知"
        MAN = "1", "男"
        WOMAN = "2", "女"
        UNSAID = "9", "未说明"

    class Kind(models.TextChoices):
        OWNER = "owner", "业主"
        FAMILY = "family", "家人"
        TENANT = "tenant", "租户"

    class State(models.TextChoices):
        LIVING = "living", "在住"
        ABSENT = "absent", "有房不住"
        GONE = "gone", "已迁出"
        DEAD = "dead", "已故"

    name = SealedField("residents.person.name", keyed_by="id", verbose_name="姓名", mask=masks.name)
    name_index = BlindIndexField("name", verbose_name="姓名索引", null=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, default=Sex.UNKNOWN)
    birth_year = models.PositiveSmallIntegerField("出生年份", default=0, help_text="0 为不知道")
    birth_date = SealedField(
        "residents.person.birth_date", keyed_by="id", verbose_name="出生日期", mask=rules.mask_date, null=True
    )
    phone = SealedField("residents.person.phone", keyed_by="id", verbose_name="手机号", mask=masks.phone, null=True)
    phone_index = BlindIndexField("phone", verbose_name="手机号索引", normalise=normalise_phone, null=True)
    identity = SealedField(
        "residents.person.identity", keyed_by="id", verbose_name="身份证号", mask=masks.id_number, null=True
    )
    identity_index = BlindIndexField("identity", verbose_name="身份证号索引", null=True)
    statutory_basis = models.CharField("收身份证号的依据", max_length=40, blank=True)
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, verbose_name="住处", related_name="people")
    household = models.ForeignKey(
        "Household", models.PROTECT, verbose_name="户", related_name="members", null=True, blank=True
    )
    kind = models.CharField("居住关系", max_length=8, choices=Kind, default=Kind.FAMILY)
    state = models.CharField("状态", max_length=8, choices=State, default=State.LIVING)
    died_on = models.DateField("去世日期", null=True, blank=True)
    # Found to be the same person: their history stays with this row, the other one is shown. Nothing is thrown away.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="并入", related_name="absorbed", null=True, blank=True, db_index=False
    )
    source = models.CharField("来源", max_length=8, choices=Source, default=Source.SELF)
    verified_on = models.DateField("核实日期")
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    registered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "居民"
        constraints = [
            models.CheckConstraint(
                name="person_identity_needs_basis", condition=Q(identity=None) | ~Q(statutory_basis="")
            ),
            models.CheckConstraint(name="person_death", condition=Q(died_on=None) | Q(state="dead")),
        ]
        indexes = [
            models.Index(fields=["region_code", "dwelling", "id"], name="person_place"),
            models.Index(fields=["region_code", "birth_year", "id"], name="person_age"),
            models.Index(fields=["name_index"], name="person_name"),
            models.Index(fields=["merged_into"], name="person_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["phone_index"], name="person_phone", condition=Q(phone_index__isnull=False)),
            models.Index(fields=["identity_index"], name="person_identity", condition=Q(identity_index__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Household(models.Model):
    """People who live together in one dwelling (户). A dwelling can hold several, such as tenants who share it."""

    dwelling = models.ForeignKey(Dwelling, models.PROTECT, verbose_name="房屋", related_name="households")
    head = models.ForeignKey(Person, models.PROTECT, verbose_name="户主", related_name="+", null=True, blank=True)
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    starts = models.DateField("立户日期")
    ends = models.DateField("销户日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "户"

    def __str__(self) -> str:
        return f"户 {self.pk}"


class Residence(models.Model):
    """One stretch of time in which a person lived in, owned or rented a dwelling. Ended ones are the history."""

    class Ending(models.TextChoices):
        MOVED = "moved", "搬家"
        LEFT = "left", "迁出"
        DEATH = "death", "去世"
        WRONG = "wrong", "登记有误"
        MERGED = "merged", "档案合并"

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="居民", related_name="residences", db_index=False)
    dwelling = models.ForeignKey(
        Dwelling, models.PROTECT, verbose_name="房屋", related_name="residences", db_index=False
    )
    household = models.ForeignKey(
        Household, models.PROTECT, verbose_name="户", related_name="residences", null=True, blank=True
    )
    kind = models.CharField("居住关系", max_length=8, choices=Person.Kind)
    lives = models.BooleanField("住在这里", default=True)
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    starts = models.DateField("开始")
    ends = models.DateField("结束", null=True, blank=True)
    ending = models.CharField("结束原因", max_length=8, choices=Ending, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "居住"
        constraints = [
            # One that runs in each dwelling, any number that have ended; it also is the index of the person.
            models.UniqueConstraint(
                F("person"),
                F("dwelling"),
                Case(When(ends=None, then=Value(0)), default=F("id"), output_field=models.BigIntegerField()),
                name="residence_once",
            ),
            models.CheckConstraint(name="residence_order", condition=Q(ends=None) | Q(ends__gte=F("starts"))),
        ]
        indexes = [
            models.Index(fields=["dwelling", "person"], name="residence_dwelling"),
            models.Index(fields=["region_code"], name="residence_region", condition=Q(ends=None)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.dwelling_id}"


class Contact(models.Model):
    """Whom to reach for somebody: the guardian of a minor, or a relative that they named themselves."""

    class Kind(models.TextChoices):
        GUARDIAN = "guardian", "监护人"
        RELATIVE = "relative", "亲属"
        NEIGHBOUR = "neighbour", "邻居"
        OTHER = "other", "其他"

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="居民", related_name="contacts")
    kind = models.CharField("关系", max_length=10, choices=Kind)
    name = SealedField("residents.contact.name", keyed_by="person_id", verbose_name="姓名", mask=masks.name)
    phone = SealedField(
        "residents.contact.phone", keyed_by="person_id", verbose_name="电话", mask=masks.phone, null=True
    )
    phone_index = BlindIndexField("phone", verbose_name="电话索引", normalise=normalise_phone, null=True)
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    starts = models.DateField("开始")
    ends = models.DateField("结束", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联系人"
        indexes = [
            models.Index(fields=["phone_index"], name="reached_phone", condition=Q(phone_index__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.name)


class CareNeed(models.Model):
    """That somebody needs care, and until when that is taken to be so. Which group is sealed; why is never asked."""

    class Ending(models.TextChoices):
        OVER = "over", "不再需要"
        WITHDRAWN = "withdrawn", "本人撤回同意"
        WRONG = "wrong", "登记有误"
        LEFT = "left", "迁出"
        DEATH = "death", "去世"

    class Consent(models.TextChoices):
        NONE = "none", "不需要"
        SELF = "self", "本人单独同意"
        GUARDIAN = "guardian", "监护人同意"

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="居民", related_name="care")
    # With a key of its own: it goes a year after the need is over, its person stays.
    group = SealedField("residents.careneed.group", keyed_by="id", verbose_name="类别", mask=rules.mask_group)
    group_index = BlindIndexField("group", verbose_name="类别索引", null=True)
    purpose = models.CharField("用途", max_length=20)
    policy_id = models.BigIntegerField("依据的政策版本")
    consent = models.CharField("同意", max_length=8, choices=Consent, default=Consent.NONE)
    source = models.CharField("来源", max_length=8, choices=Source, default=Source.VISIT)
    verified_by = models.CharField("核实人", max_length=60)
    verified_on = models.DateField("核实日期")
    review_on = models.DateField("复核日期")
    tried_on = models.DateField("上次没联系上", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("没联系上次数", default=0)
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    ends = models.DateField("结束", null=True, blank=True)
    ending = models.CharField("结束原因", max_length=10, choices=Ending, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "需关照"
        indexes = [
            models.Index(fields=["region_code", "review_on"], name="care_due", condition=Q(ends=None)),
        ]

    def __str__(self) -> str:
        return f"需关照 {self.pk}"


class PersonFact(models.Model):
    """One act on what is known of a person: which fields, what they were before (sealed), who said so, who checked it.

    Rows are added, never changed, but for the grid that follows the person.
    """

    class Act(models.TextChoices):
        REGISTER = "register", "登记"
        CORRECT = "correct", "更正"
        MOVE_IN = "move_in", "迁入"
        MOVE_OUT = "move_out", "迁出"
        MOVE_HOUSE = "move_house", "搬家"
        SPLIT = "split", "分户"
        JOIN = "join", "并户"
        DEATH = "death", "登记去世"
        UNDO_DEATH = "undo_death", "撤销去世登记"
        MERGE = "merge", "合并档案"
        SEPARATE = "separate", "分开档案"
        CONTACT = "contact", "增加联系人"
        END_CONTACT = "end_contact", "停用联系人"
        CARE = "care", "记需关照"
        REVIEW = "review", "复核"
        END_CARE = "end_care", "结束关照"
        VISIT = "visit", "走访"
        NOT_TAKEN = "not_taken", "另有说法，未采用"

    class Reason(models.TextChoices):
        NONE = "", "—"
        SAID = "said", "本人告知有变化"
        MISTAKE = "mistake", "原来登记有误"
        CHECKED = "checked", "走访核实"
        PAPERS = "papers", "核对证件"
        SAME = "same", "查实是同一人"
        DIFFERENT = "different", "查实不是同一人"

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="居民", related_name="facts", db_index=False)
    act = models.CharField("事项", max_length=12, choices=Act)
    fields = ArrayField(models.CharField(max_length=30), verbose_name="项目", default=list)
    before = SealedField(
        "residents.personfact.before", keyed_by="person_id", verbose_name="原来", mask=rules.mask_before, null=True
    )
    source = models.CharField("来源", max_length=8, choices=Source, default=Source.SELF)
    reason = models.CharField("原因", max_length=12, choices=Reason, blank=True, default=Reason.NONE)
    as_of = models.DateField("截至日期")
    verifier = models.CharField("核实人", max_length=60)
    post_id = models.BigIntegerField("岗位", null=True)
    at = models.DateTimeField("时间")
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")

    class Meta:
        verbose_name = verbose_name_plural = "居民事实"
        indexes = [models.Index(fields=["person", "id"], name="personfact_of")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.act}"


class KnownApart(models.Model):
    """Two people who look alike and were found not to be the same: they are not offered for merging again."""

    first = models.ForeignKey(Person, models.PROTECT, verbose_name="甲", related_name="+", db_index=False)
    second = models.ForeignKey(Person, models.PROTECT, verbose_name="乙", related_name="+")
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "不是同一人"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="apart_once"),
            models.CheckConstraint(name="apart_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
