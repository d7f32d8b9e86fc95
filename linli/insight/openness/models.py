from django.db import models

from linli.matters.cases.models import Case


class Release(models.Model):
    """What was told to everybody about one sub-district and month: fixed for good. A month is told once, never corrected.

    Two versions of one month would tell by their difference what either keeps back. The tables hold only what is shown.
    """

    region_code = models.CharField("街道", max_length=24, db_collation="C")
    month = models.DateField("月份")
    tables = models.JSONField("公开的数字")
    threshold = models.PositiveIntegerField("门槛")
    policy = models.CharField("政策版本", max_length=60)
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.CharField("公开人", max_length=80)
    at = models.DateTimeField("公开时间")
    withdrawn_by = models.CharField("撤下人", max_length=80, blank=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    reason = models.CharField("撤下原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "月度公开"
        constraints = [models.UniqueConstraint(fields=["region_code", "month"], name="release_once")]

    def __str__(self) -> str:
        return f"{self.region_code} {self.month:%Y-%m}"


class Example(models.Model):
    """A solved case told to everybody: with the reporter's consent, in an editor's words, approved by somebody else."""

    class State(models.TextChoices):
        WRITTEN = "written", "待审核"
        APPROVED = "approved", "已公开"
        WITHDRAWN = "withdrawn", "已撤下"

    class Consent(models.TextChoices):
        TELEPHONE = "telephone", "电话里同意"
        WRITTEN = "written", "书面同意"
        VISIT = "visit", "当面同意"
        PAGE = "page", "网页上同意"

    case = models.OneToOneField(Case, models.PROTECT, verbose_name="诉求", related_name="public_example")
    region_code = models.CharField("所在社区", max_length=24, db_collation="C")
    category = models.CharField("分类", max_length=60, blank=True)
    title = models.CharField("标题", max_length=60)
    raised = models.TextField("反映了什么")
    done = models.TextField("怎么解决的")
    consent = models.CharField("诉求人同意方式", max_length=10, choices=Consent)
    consented_on = models.DateField("同意日期")
    consent_by = models.CharField("同意记录人", max_length=80)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WRITTEN)
    editor_account = models.BigIntegerField("编写账号", null=True)
    editor = models.CharField("编写人", max_length=80)
    written_at = models.DateTimeField("编写时间")
    approver = models.CharField("审核人", max_length=80, blank=True)
    approved_at = models.DateTimeField("审核时间", null=True)
    reason = models.CharField("撤下原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "解决实例"

    def __str__(self) -> str:
        return self.title


class PublicConsent(models.Model):
    """What a reporter said on the page of the case: may it be shown as an example, or not. Nothing edits it; the last holds."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="诉求", related_name="public_consents", db_index=False)
    region_code = models.CharField("所在社区", max_length=24, db_collation="C")
    agreed = models.BooleanField("愿意公开")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "公开意愿"
        indexes = [
            models.Index(fields=["case", "-id"], name="public_consent_of_case"),
            models.Index(fields=["-id"], name="public_consent_given", condition=models.Q(agreed=True)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.agreed}"
