"""What an administrator decides: who the other side is, its secrets, on or off. None of it opens personal data."""

import re
import uuid
from datetime import timedelta

from linli.base import reaching, webhooks
from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused, about, command, detail
from linli.base.jobs import later
from linli.base.scope import scope
from linli.doors.channels.hotline import reporting, secrets
from linli.doors.channels.hotline.models import Exchange, Letter, Secret
from linli.people.accounts import commands as accounts
from linli.people.accounts.models import Account
from linli.people.organisations.models import Organisation
from linli.places.regions.models import Region

ROLE = "hotline"
MOST_PER_MINUTE = 60_000
MOST_SECRETS = 4
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")


@command("hotline.set_up", right="hotline.configure")
def set_up(
    actor: Actor,
    *,
    code: str,
    name: str,
    organisation: int,
    region_code: str,
    transport: str = "webhook",
    address: str = "",
    per_minute: int = 600,
) -> Exchange:
    """A new exchange, switched off, with an account of its own that nobody can sign in with.

    organisation: the dispatch desk whose post it acts through; region_code: where its orders may lie, and where an
    order goes that does not say.
    """
    code, name = code.strip().lower(), name.strip()
    if not _CODE.fullmatch(code):
        raise Refused("代号用 2 到 30 个小写字母、数字和 -，以字母或数字开头。", field="code")
    if Exchange.objects.filter(code=code).exists():
        raise Refused("这个代号已经有了。", field="code")
    _check(name, transport, address, per_minute)
    desk = Organisation.objects.filter(pk=organisation, kind=Organisation.Kind.DESK, valid_to=None).first()
    if desk is None:
        raise Refused("请选一个派单台。", field="organisation")
    if not Region.objects.filter(code=region_code).exists():
        raise Refused("没有这个区划，请填写完整的区划代码。", field="region_code")
    made = accounts.create(actor, login=f"hotline-{code}", name=name[:40])
    account = Account.objects.get(pk=made["id"])
    # A machine: whoever holds the message's secret acts, nobody signs in.
    account.set_unusable_password()
    account.one_time = False
    account.save(update_fields=["password", "one_time"])
    post = accounts.appoint(actor, account, role=ROLE, organisation=desk, region_code=region_code, title=name[:40])
    exchange = Exchange.objects.create(
        code=code, name=name, post=post, region_code=region_code, transport=transport, address=address.strip(),
        per_minute=per_minute, created_at=now(),
    )  # fmt: skip
    about("hotline.exchange", exchange.pk)
    return exchange


@command("hotline.change", right="hotline.configure")
def change(
    actor: Actor, exchange: Exchange, *, name: str, transport: str, address: str = "", per_minute: int = 600
) -> Exchange:
    """Correct its name, the way of exchange, the address, the limit. Its code and its post stay."""
    _check(name.strip(), transport, address, per_minute)
    if exchange.active and transport == Exchange.Transport.WEBHOOK and not address.strip():
        raise Refused("启用中的接口要有对方地址。", field="address")
    exchange.name, exchange.transport = name.strip(), transport
    exchange.address, exchange.per_minute = address.strip(), per_minute
    exchange.save(update_fields=["name", "transport", "address", "per_minute"])
    detail(transport=transport, address=exchange.address)
    return exchange


@command("hotline.switch", right="hotline.configure")
def switch(actor: Actor, exchange: Exchange, *, on: bool) -> Exchange:
    """Switch it on or off. Off: nothing is believed and nothing goes out; what waits, waits."""
    if on and exchange.transport == Exchange.Transport.WEBHOOK:
        if not exchange.address:
            raise Refused("先填写对方地址。", field="address")
        with scope(system("hotline")):
            ready = all(secrets.in_force(exchange.pk, way, now()) for way in Secret.Direction.values)
        if not ready:
            raise Refused("先为“收”和“发”各生成一把密钥。")
    exchange.active = on
    exchange.save(update_fields=["active"])
    detail(on=on)
    return exchange


@command("hotline.add_secret", right="hotline.configure", repeatable=True)
def add_secret(actor: Actor, exchange: Exchange, *, direction: str, text: str = "") -> str:
    """A new secret beside those in force; returned this once. text: one that the other side has made."""
    if direction not in Secret.Direction.values:
        raise Refused("请选方向。", field="direction")
    secret = text.strip() or webhooks.new_secret()
    with scope(system("hotline")):
        if len(secrets.in_force(exchange.pk, direction, now())) >= MOST_SECRETS:
            raise Refused(f"同一个方向最多 {MOST_SECRETS} 把密钥同时有效，先停用旧的。", field="direction")
        try:
            row = secrets.add(exchange, direction, secret)
        except ValueError:
            raise Refused("密钥要是 whsec_ 开头的 Base64，24 到 64 字节。", field="text") from None
    detail(exchange=exchange.code, secret=row.pk, direction=direction)
    return secret


@command("hotline.end_secret", right="hotline.configure")
def end_secret(actor: Actor, exchange: Exchange, *, secret: int, hours: int = 0) -> Exchange:
    """End a secret, at once or after some hours, while the other side changes to the new one."""
    if not 0 <= hours <= 24 * 30:
        raise Refused("写 0 到 720 小时。", field="hours")
    moment = now()
    with scope(system("hotline")):
        row = Secret.objects.filter(pk=secret, exchange=exchange).first()
        if row is None:
            raise Refused("没有找到这把密钥。", status=404)
        row.ends_at = moment + timedelta(hours=hours)
        row.save(update_fields=["ends_at"])
    detail(exchange=exchange.code, secret=row.pk, ends=row.ends_at.isoformat())
    return exchange


@command("hotline.ping", right="hotline.configure")
def ping(actor: Actor, exchange: Exchange) -> Letter:
    """Send a message that says nothing, to see whether it arrives."""
    if exchange.transport != Exchange.Transport.WEBHOOK or not exchange.active:
        raise Refused("先启用接口，再发测试消息。")
    moment = now()
    with scope(system("hotline")):
        letter = Letter.objects.create(
            exchange=exchange, region_code=exchange.region_code, message_id=f"msg_{uuid.uuid4().hex}",
            type=reporting.PING, next_at=moment, created_at=moment,
        )  # fmt: skip
        later("hotline.send", letter_id=letter.pk)
    detail(exchange=exchange.code)
    return letter


def _check(name: str, transport: str, address: str, per_minute: int) -> None:
    if not name or len(name) > 40:
        raise Refused("请填写名称，不超过 40 个字。", field="name")
    if transport not in Exchange.Transport.values:
        raise Refused("请选交换方式。", field="transport")
    if address.strip() and (problem := reaching.problem_of(address.strip())):
        raise Refused(problem, field="address")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise Refused(f"写 1 到 {MOST_PER_MINUTE}。", field="per_minute")
