"""Keys for programs: made by the person whose post they act through, shown once, revoked at once."""

import hashlib
import secrets
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.doors.api.models import ApiToken

LONGEST_DAYS = 365
PREFIX = "linli_"


def digest(token: str) -> str:
    """A token has 256 random bits, so a plain hash of it cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


@command("api.create_token", right="api.tokens", repeatable=True)
def create_token(actor: Actor, *, name: str, days: int = 90) -> str:
    """Make a key for the actor's own post and return it; it is stored nowhere."""
    if not name.strip():
        raise Refused("请给密钥起个名字，写明哪个系统在用。", field="name")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"有效期写 1 到 {LONGEST_DAYS} 天。", field="days")
    if actor.post_id is None:
        raise Refused("要先登录一个岗位。", status=403)
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        name=name.strip()[:60],
        post_id=actor.post_id,
        digest=digest(token),
        created_at=now(),
        ends=today() + timedelta(days=days),
    )
    detail(token=row.pk)
    return token


@command("api.revoke_token", right="api.tokens")
def revoke_token(actor: Actor, token: ApiToken) -> ApiToken:
    """End a key now. Only one's own."""
    if token.post_id != actor.post_id:
        raise Refused("没有找到这个密钥。", status=404)
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
    return token


def today() -> date:
    return now().astimezone(ZoneInfo("Asia/Shanghai")).date()
