from django.db import models

from linli.base.files.rules import display_name


class StoredFile(models.Model):
    """One upload that passed the airlock. Its bytes lie in the store by their SHA-256; its owner says who sees it."""

    class State(models.TextChoices):
        HELD = "held", "待查"
        CLEAN = "clean", "可用"
        BLOCKED = "blocked", "有害"

    sha256 = models.CharField("内容摘要", max_length=64)
    thumbnail_sha256 = models.CharField("缩略图摘要", max_length=64, blank=True)
    size = models.PositiveIntegerField("大小")
    media_type = models.CharField("类型", max_length=100)
    family = models.CharField("种类", max_length=10)
    width = models.PositiveIntegerField("宽", default=0)
    height = models.PositiveIntegerField("高", default=0)
    state = models.CharField("状态", max_length=10, choices=State)
    uploaded_by = models.CharField("上传者", max_length=80)  # Actor.principal: account and post, resident or anonymous
    owner_kind = models.CharField("所属类别", max_length=40, blank=True)  # empty until a command attaches it
    owner_id = models.CharField("所属编号", max_length=60, blank=True)
    ticket = models.CharField("凭条", max_length=43, unique=True)
    created_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        indexes = [
            models.Index(fields=["owner_kind", "owner_id", "id"], name="file_owner"),
            models.Index(fields=["created_at"], name="file_unowned", condition=models.Q(owner_kind="")),
            models.Index(fields=["sha256"], name="file_content"),
            models.Index(fields=["thumbnail_sha256"], name="file_thumbnail", condition=~models.Q(thumbnail_sha256="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What it is shown and downloaded under. What its sender called it is not kept: such names often name somebody."""
        return display_name(self.family, self.media_type, self.pk)

    @property
    def is_image(self) -> bool:
        return self.family == "image"
