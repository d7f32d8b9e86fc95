"""What everybody may do with their own account, and nobody with another's."""

from django.contrib.auth.hashers import check_password
from django.db.models import F

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, about, command
from linli.people.accounts import passwords, second_factor
from linli.people.accounts.models import Account, RecoveryCode


def _own(actor: Actor) -> Account:
    """The actor's own account under a lock, named in the audit."""
    account = Account.objects.select_for_update().filter(pk=actor.account_id or 0, is_active=True).first()
    if account is None:
        raise Refused("没有找到您的账号。", status=404)
    about("accounts.account", account.pk)
    return account


@command("accounts.change_password", right="accounts.own", repeatable=True)
def change_password(actor: Actor, *, old: str, new: str) -> int:
    """Choose a new password; every other session of the account ends with it. Returns the account's id."""
    account = _own(actor)
    if not check_password(old[: passwords.LONGEST + 1], account.password):
        raise Refused("现在的密码不对。", field="old")
    if old == new:
        raise Refused("新密码不能和现在的一样。", field="new")
    if wrong := passwords.problems(new, account):
        raise Refused("".join(wrong), field="new", rule="密码要求")
    account.set_password(new)
    account.one_time = False
    account.password_at = now()
    account.save(update_fields=["password", "one_time", "password_at"])
    return account.pk


@command("accounts.enrol", right="accounts.own", repeatable=True)
def enrol(actor: Actor, *, sealed: str, code: str) -> list[str]:
    """Tie the secret, sealed for this account, to it after a first right code. Returns recovery codes, shown once.

    Raises Refused when the code is wrong, or the account has a second factor already: it must be reset first.
    """
    account = _own(actor)
    if account.totp_secret:
        raise Refused("这个账号已经绑定了动态口令。手机丢失时，请系统管理员重置。", status=409)
    step = second_factor.step_of(second_factor.unseal(sealed, account.pk), code, now().timestamp(), account.totp_step)
    if step is None:
        raise Refused("动态口令不对。请核对手机时间，再输入新出现的六位数字。", field="code")
    account.totp_secret, account.totp_step = sealed, step
    account.save(update_fields=["totp_secret", "totp_step"])
    return _fresh_codes(account)


@command("accounts.renew_recovery_codes", right="accounts.own", repeatable=True)
def renew_recovery_codes(actor: Actor, *, password: str) -> list[str]:
    """New recovery codes; the old ones stop working at once."""
    account = _own(actor)
    if not check_password(password[: passwords.LONGEST + 1], account.password):
        raise Refused("密码不对。", field="password")
    if not account.totp_secret:
        raise Refused("还没有绑定动态口令，不需要备用码。")
    return _fresh_codes(account)


@command("accounts.sign_out_everywhere", right="accounts.own")
def sign_out_everywhere(actor: Actor) -> int:
    """End every session of the account, this one too. Returns the account's id."""
    account = _own(actor)
    Account.objects.filter(pk=account.pk).update(session_round=F("session_round") + 1)
    return account.pk


def _fresh_codes(account: Account) -> list[str]:
    codes = second_factor.new_recovery_codes()
    RecoveryCode.objects.filter(account=account).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=second_factor.digest(code, account.pk), created_at=now()) for code in codes
    )
    return codes
