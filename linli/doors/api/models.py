from django.db import models

from linli.people.accounts.models import Post


class ApiToken(models.Model):
    """A key for a program that acts through a post. Only its hash is kept; it ends on a day and can be revoked at once."""

    name = models.CharField("名称", max_length=60)
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    digest = models.CharField("摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("建立时间")
    ends = models.DateField("到期")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    used_on = models.DateField("最近使用", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口密钥"

    def __str__(self) -> str:
        return self.name
