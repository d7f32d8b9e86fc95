"""What administrators do with accounts and posts. None of it opens personal data to the administrator."""

import re
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, about, announce, command, detail
from linli.people.accounts import passwords, queries
from linli.people.accounts.models import Account, Post, RecoveryCode
from linli.people.accounts.signing_in import normalise_login
from linli.people.organisations.models import Organisation
from linli.places.regions.models import Region

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}")


@command("accounts.create", right="accounts.edit", repeatable=True)
def create(actor: Actor, *, login: str, name: str) -> dict[str, Any]:
    """A new account without any post.

    Returns {"id", "password"}; the password works once, within 72 hours, and is stored nowhere else.
    """
    login, name = normalise_login(login), name.strip()
    if not _LOGIN.fullmatch(login):
        raise Refused("登录名用 2 到 40 个小写字母、数字和 . _ @ -，以字母或数字开头。", field="login")
    if not name or len(name) > 40:
        raise Refused("请填写姓名，不超过 40 个字。", field="name")
    if Account.objects.filter(login=login).exists():
        raise Refused("这个登录名已经有人用了。", field="login")
    password = passwords.new_one_time()
    moment = now()
    account = Account.objects.create(
        login=login, name=name, password=password, one_time=True, password_at=moment, created_at=moment
    )
    about("accounts.account", account.pk)
    return {"id": account.pk, "password": password}


@command("accounts.appoint")
def appoint(
    actor: Actor,
    account: Account,
    *,
    role: str,
    organisation: Organisation,
    region_code: str = "",
    title: str = "",
    starts: date | None = None,
    ends: date | None = None,
) -> Post:
    """Give a person a post. Nobody appoints themselves: an administrator must not reach personal data alone.

    A post with power over accounts or policies is not given by one person: see `propose` and `approve`. The system
    (`linli account create`, by whoever holds the server) may, or nobody could be the first.

    region_code: "" for posts that see only what is given to their organisation. starts: today when left out.
    """
    starts = checked_post(actor, account, role, organisation, region_code, starts, ends)
    if actor.kind == "person" and queries.needs_second(role):
        raise Refused(
            "这个岗位管账号或政策，要两个人办：先提名（accounts.propose），由另一位系统管理员同意。",
            field="role",
            rule="两人任命",
        )
    post = give(account, role, organisation, region_code, title, starts, ends)
    detail(account=account.pk, role=role, organisation=organisation.pk, region=region_code)
    return post


def checked_post(
    actor: Actor,
    account: Account,
    role: str,
    organisation: Organisation,
    region_code: str,
    starts: date | None,
    ends: date | None,
) -> date:
    """The first day of a post that may be given; Refused beside the field that is wrong."""
    if actor.account_id is not None and actor.account_id == account.pk:
        raise Refused("不能给自己任命岗位，请另一位系统管理员办理。", rule="任命回避", status=403)
    if role not in dict(queries.roles()):
        raise Refused("没有这个角色，请从清单里选。", field="role")
    if not account.is_active:
        raise Refused("账号已停用，先启用再任命。")
    if organisation.valid_to is not None:
        raise Refused("这个组织已经撤销。", field="organisation")
    if region_code and not Region.objects.filter(code=region_code).exists():
        raise Refused("没有这个区划，请填写完整的区划代码。", field="region_code")
    starts = starts or timezone.localdate(now())
    if ends is not None and ends < starts:
        raise Refused("离任日期不能早于任职日期。", field="ends")
    held = Post.objects.filter(
        account=account, role=role, organisation=organisation, region_code=region_code, ends=None
    )
    if held.exists():
        raise Refused("这个人已经有同样的岗位。", field="role")
    return starts


def give(
    account: Account,
    role: str,
    organisation: Organisation,
    region_code: str,
    title: str,
    starts: date,
    ends: date | None,
) -> Post:
    """Write a post that has been checked, and announce it."""
    try:
        with transaction.atomic():
            post = Post.objects.create(
                account=account, role=role, organisation=organisation, region_code=region_code,
                title=title.strip()[:40], starts=starts, ends=ends,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("这个人已经有同样的岗位。", field="role") from error
    announce("accounts.appointed", {"post": post.pk, "account": account.pk, "role": role})
    return post


@command("accounts.end_post", right="accounts.appoint")
def end_post(actor: Actor, post: Post, *, ends: date | None = None) -> Post:
    """The last day of a post; without a date it ended yesterday, so that it stops working at once."""
    today = timezone.localdate(now())
    last = ends or max(post.starts, today - timedelta(days=1))
    if last < post.starts:
        raise Refused("离任日期不能早于任职日期。", field="ends")
    if post.ends is not None and post.ends < today:
        raise Refused("这个岗位已经离任。")
    if ends is None and post.starts >= today:
        # A post that began today cannot have ended before it began: it is taken back altogether by never being held.
        post.starts = last = today - timedelta(days=1)
    post.ends = last
    post.save(update_fields=["starts", "ends"])
    detail(account=post.account_id, role=post.role, ends=last.isoformat())
    announce("accounts.post_ended", {"post": post.pk, "account": post.account_id})
    return post


@command("accounts.deactivate", right="accounts.edit")
def deactivate(actor: Actor, account: Account) -> Account:
    """Close an account: every session ends at once. Its posts and what it did stay in the records."""
    if actor.account_id == account.pk:
        raise Refused("不能停用自己的账号。")
    if not account.is_active:
        raise Refused("账号已经停用。")
    return _switch(account, active=False)


@command("accounts.activate", right="accounts.edit")
def activate(actor: Actor, account: Account) -> Account:
    """Open a closed account again."""
    if account.is_active:
        raise Refused("账号正在使用。")
    return _switch(account, active=True)


@command("accounts.reset_password", right="accounts.edit", repeatable=True)
def reset_password(actor: Actor, account: Account) -> str:
    """A new password that works once, for 72 hours, after which the person chooses their own. All sessions end."""
    if actor.account_id == account.pk:
        raise Refused("自己的密码请在“我的账号”里修改。")
    password = passwords.new_one_time()
    account.set_password(password)
    account.one_time, account.password_at = True, now()
    account.save(update_fields=["password", "one_time", "password_at"])
    return password


@command("accounts.reset_second_factor", right="accounts.edit")
def reset_second_factor(actor: Actor, account: Account) -> Account:
    """Untie a lost telephone: the person ties a new one at the next sign-in. All sessions end."""
    if actor.account_id == account.pk:
        raise Refused("不能重置自己的动态口令，请另一位系统管理员办理。")
    if not account.totp_secret:
        raise Refused("这个账号没有绑定动态口令。")
    RecoveryCode.objects.filter(account=account).delete()
    account.totp_secret, account.totp_step = "", 0
    account.session_round = F("session_round") + 1
    account.save(update_fields=["totp_secret", "totp_step", "session_round"])
    account.refresh_from_db()
    return account


def _switch(account: Account, *, active: bool) -> Account:
    account.is_active = active
    account.session_round = F("session_round") + 1
    account.save(update_fields=["is_active", "session_round"])
    account.refresh_from_db()
    return account
