from django.db import models


class PolicyVersion(models.Model):
    """One version of one policy: routing, limits, categories, a procedure. A published version is never edited."""

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        RETIRED = "retired", "已停用"

    code = models.CharField("政策", max_length=60)
    version = models.PositiveIntegerField("版本")
    name = models.CharField("名称", max_length=80)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    data = models.JSONField("内容")
    source = models.TextField("原文", blank=True, help_text="写成的样子，连同注释；程序起草的没有")
    basis = models.CharField("依据", max_length=300, blank=True)
    origin = models.CharField("来源", max_length=10, default="shipped")
    valid_from = models.DateTimeField("生效时间", null=True)
    valid_to = models.DateTimeField("失效时间", null=True)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.CharField("发布人", max_length=80, blank=True)
    created_at = models.DateTimeField("建立时间")
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "政策版本"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(status="published"), name="policy_one_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第{self.version}版"
