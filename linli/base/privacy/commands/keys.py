"""Changing the keys while the site works, and destroying what old blind indexes could be compared with."""

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.base.crypto import keyring, rotation
from linli.base.jobs import later
from linli.base.privacy.models import KeyRotation, Shredded
from linli.base.privacy.queries import rotation as latest


@command("privacy.rotate_keys", right="system.operate", repeatable=True)
def rotate_keys(actor: Actor) -> int:
    """Take a new key and seal everything anew in the background. Refused while an earlier change is still going on."""
    before = latest()
    if before is not None and before.finished_at is None:
        raise Refused("上一次换密钥还没有完成。", status=409)
    try:
        ring = keyring.change(lambda keys: keys.with_new_key())
    except keyring.KeyRingError as error:
        raise Refused(f"密钥环不能改：{error}", status=409) from error
    row = KeyRotation.objects.create(key=ring.active_id, started_at=now(), total=rotation.sealed_rows())
    detail(key=ring.active_id, rows=row.total)
    later("privacy.rotate", rotation=row.pk)
    return int(row.pk)


@command("privacy.finish_rotation", right="privacy.erase")
def finish_rotation(actor: Actor, rotation_id: int) -> int:
    """Everything is under the new key: destroy the secrets of earlier blind indexes. Returns how many. By the system only."""
    row = KeyRotation.objects.select_for_update().get(pk=rotation_id)
    if row.finished_at is not None:
        return 0
    if left := rotation.old_indexes():
        raise Refused(f"还有 {left} 行的索引在旧密钥下。", status=409)
    old = [key for key in keyring.ring().keys.values() if key.index and key.id != keyring.ring().active_id]
    if old:
        keyring.change(lambda keys: keys.without_old_indexes())
    row.finished_at = now()
    row.save(update_fields=["finished_at"])
    detail(key=row.key, retired=len(old))
    return len(old)


@command("privacy.confirm_copy", right="system.operate")
def confirm_copy(actor: Actor) -> bool:
    """The administrator has put a copy of the changed ring into the safe and destroyed the earlier ones."""
    row = latest()
    if row is None or row.copied_at is not None:
        raise Refused("没有要确认的。", status=409)
    row.copied_at = now()
    row.save(update_fields=["copied_at"])
    return True


@command("privacy.check_keys", right="privacy.erase")
def check_keys(actor: Actor) -> dict[str, int]:
    """Bring this machine's ring, and rows that an old backup brought back, to where they should be. By the system only.

    Returns {"shredded": keys destroyed now, "erased": records cleared again}.
    """
    from linli.base.crypto import known, shred
    from linli.base.privacy import holdings

    rows = list(Shredded.objects.values_list("kind", "subject_id"))
    shredded = shred(rows)
    Shredded.objects.filter(done_at=None).update(done_at=now())
    erased = 0
    for holding in holdings.every():
        gone = {key for kind, key in rows if kind == holding.kind}
        gone |= {key for kind, key in rotation.owners(holding.kind) if not known(kind, key)}
        ordered = sorted(gone)
        for start in range(0, len(ordered), 1000):
            holding.erase(ordered[start : start + 1000])
        erased += len(ordered)
    detail(shredded=shredded, erased=erased)
    return {"shredded": shredded, "erased": erased}
