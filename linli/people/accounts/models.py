"""Who may sign in, through which posts they act, and attempts to sign in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from linli.people.organisations.models import Organisation


class AccountManager(BaseUserManager["Account"]):
    def create(self, **fields: Any) -> "Account":
        """Make an account; `password` in clear is hashed before it is stored."""
        password = fields.pop("password", None)
        account = self.model(**fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person who signs in. Rights come from posts alone; there is no superuser."""

    login = models.CharField("登录名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    is_active = models.BooleanField("在用", default=True)
    demo = models.BooleanField("演示账号", default=False)
    one_time = models.BooleanField("一次性密码", default=False, help_text="下次登录时必须改密码")
    password_at = models.DateTimeField("密码设置时间", null=True, blank=True)
    session_round = models.PositiveIntegerField("会话轮次", default=0)
    totp_secret = models.CharField("动态口令密钥", max_length=400, blank=True)
    totp_step = models.BigIntegerField("上次用过的口令时段", default=0)
    created_at = models.DateTimeField("建立时间")

    objects = AccountManager()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session must carry to go on: it changes with the password and with "sign out everywhere"."""
        value = f"{self.password}:{self.session_round}"
        return salted_hmac("linli.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


class RecoveryCode(models.Model):
    """A way in without the telephone that makes the codes. Works once; only its digest is kept."""

    account = models.ForeignKey(Account, models.CASCADE, verbose_name="账号", related_name="recovery_codes")
    digest = models.CharField("摘要", max_length=64)
    created_at = models.DateTimeField("建立时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "备用码"
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.account_id} #{self.pk}"


class Post(models.Model):
    """A person acts through a post: role, organisation, region, from and to. One person may hold several."""

    account = models.ForeignKey(Account, models.PROTECT, verbose_name="人员", related_name="posts")
    role = models.CharField("角色", max_length=30)
    title = models.CharField("职务", max_length=40, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="posts")
    region_code = models.CharField(
        "负责区划", max_length=24, db_collation="C", blank=True, help_text="空着则只看派给本单位的办件"
    )
    starts = models.DateField("任职")
    ends = models.DateField("离任", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "organisation", "region_code"],
                condition=Q(ends__isnull=True),
                name="post_once",
            ),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts")), name="post_dates"),
        ]
        indexes = [models.Index(fields=["region_code", "role"], name="post_region")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role}"


class Proposal(models.Model):
    """A post with power over accounts or policies, proposed by one administrator, waiting for another."""

    class State(models.TextChoices):
        WAITING = "waiting", "等同意"
        APPROVED = "approved", "已同意"
        DECLINED = "declined", "不同意"
        WITHDRAWN = "withdrawn", "已撤回"

    account = models.ForeignKey(Account, models.PROTECT, verbose_name="人员", related_name="proposals")
    role = models.CharField("角色", max_length=30)
    title = models.CharField("职务", max_length=40, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="组织", related_name="+")
    region_code = models.CharField("负责区划", max_length=24, db_collation="C", blank=True)
    starts = models.DateField("任职")
    ends = models.DateField("离任", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    proposed_by = models.ForeignKey(Account, models.PROTECT, verbose_name="提名人", related_name="+", null=True)
    proposed_at = models.DateTimeField("提名时间")
    decided_by = models.ForeignKey(Account, models.PROTECT, verbose_name="决定人", related_name="+", null=True)
    decided_at = models.DateTimeField("决定时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "任命提名"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "organisation", "region_code"],
                condition=Q(state="waiting"),
                name="proposal_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.state}"


class SignInAttempt(models.Model):
    """A try to sign in, by login and by address; enough failed ones must wait. Kept six months as a security log."""

    login = models.CharField("登录名", max_length=40)
    address = models.GenericIPAddressField("地址", null=True)
    at = models.DateTimeField("时间")
    good = models.BooleanField("成功", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "登录尝试"
        indexes = [
            models.Index(fields=["login", "-at"], name="attempt_login"),
            models.Index(fields=["address", "-at"], name="attempt_address"),
        ]

    def __str__(self) -> str:
        return f"{self.login} {self.at:%F %T}"
