"""Posts with power over accounts or policies: proposed by one person, given by another. Nobody rules alone."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.base.commands.models import AuditRow
from linli.people.accounts import queries
from linli.people.accounts.commands.managing import checked_post, give
from linli.people.accounts.models import Account, Post, Proposal
from linli.people.organisations.models import Organisation

# So long after somebody has reset a person's password or second factor, that person approves nothing of theirs: with
# the fresh password in hand the one could sign in as the other.
APART = timedelta(days=30)
RESETS = ("accounts.reset_password", "accounts.reset_second_factor")
WAITING = Proposal.State.WAITING


@command("accounts.propose", right="accounts.appoint")
def propose(
    actor: Actor,
    account: Account,
    *,
    role: str,
    organisation: Organisation,
    region_code: str = "",
    title: str = "",
    starts: date | None = None,
    ends: date | None = None,
) -> Proposal:
    """Propose a person for a post that needs a second approver. Refused as `appoint`; and when it waits already."""
    starts = checked_post(actor, account, role, organisation, region_code, starts, ends)
    if not queries.needs_second(role):
        raise Refused("这个岗位直接任命就行。", field="role")
    try:
        with transaction.atomic():
            made = Proposal.objects.create(
                account=account, role=role, organisation=organisation, region_code=region_code,
                title=title.strip()[:40], starts=starts, ends=ends, proposed_by_id=actor.account_id, proposed_at=now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("这个人的同样岗位已经在等同意。", field="role") from error
    detail(account=account.pk, role=role, organisation=organisation.pk, region=region_code)
    return made


@command("accounts.approve", right="accounts.appoint")
def approve(actor: Actor, proposal: Proposal) -> Post:
    """Give the post that somebody else proposed. Refused: one's own proposal or post; decided; the person is gone.

    Refused too where the one who proposed has lately reset the password or second factor of the one who approves.
    """
    row = _decide(actor, proposal, Proposal.State.APPROVED)
    if actor.account_id is not None and actor.account_id == row.account_id:
        raise Refused("不能同意给自己的岗位，请另一位系统管理员办理。", rule="任命回避", status=403)
    resets = AuditRow.objects.filter(
        command__in=RESETS, account_id=row.proposed_by_id, target_id=str(actor.account_id), at__gte=now() - APART
    )
    if actor.account_id is not None and resets.exists():
        raise Refused("提名的人 30 天内重置过您的密码或动态口令，请第三位系统管理员办理。", rule="任命回避", status=403)
    if not row.account.is_active:
        raise Refused("账号已停用，先启用再任命。")
    if row.organisation.valid_to is not None:
        raise Refused("这个组织已经撤销。")
    starts = max(row.starts, timezone.localdate(now()))
    if row.ends is not None and row.ends < starts:
        raise Refused("提名的离任日期已经过了，请重新提名。")
    post = give(row.account, row.role, row.organisation, row.region_code, row.title, starts, row.ends)
    detail(account=row.account_id, role=row.role, proposed_by=row.proposed_by_id, post=post.pk)
    return post


@command("accounts.decline", right="accounts.appoint")
def decline(actor: Actor, proposal: Proposal) -> Proposal:
    """Say no to what somebody else proposed, or take back what one proposed oneself."""
    own = actor.account_id is not None and actor.account_id == proposal.proposed_by_id
    row = _decide(actor, proposal, Proposal.State.WITHDRAWN if own else Proposal.State.DECLINED)
    detail(account=row.account_id, role=row.role, proposed_by=row.proposed_by_id)
    return row


def _decide(actor: Actor, proposal: Proposal, state: str) -> Proposal:
    row = Proposal.objects.select_for_update(of=("self",)).select_related("account", "organisation").get(pk=proposal.pk)
    if row.state != WAITING:
        raise Refused("这件提名已经有结果了。", status=409)
    if state == Proposal.State.APPROVED and actor.account_id is not None and actor.account_id == row.proposed_by_id:
        raise Refused("自己提名的要由另一位系统管理员同意。", rule="两人任命", status=403)
    row.state, row.decided_by_id, row.decided_at = state, actor.account_id, now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return row
