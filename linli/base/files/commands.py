"""Taking files in, giving them an owner, and clearing away what never got one.

``receive`` and ``attach`` are steps of other acts (a case filed, an answer given): the right is that of the act.
"""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail, nothing_done
from linli.base.files import store
from linli.base.files.airlock import Admitted, Upload, admit
from linli.base.files.models import StoredFile
from linli.base.files.rules import Limits, NotAdmitted
from linli.base.scope import scope

UNOWNED_HOURS = 24
SCAN_SECONDS = 60


def receive(actor: Actor, upload: Upload, *, limits: Limits | None = None, field: str = "photos") -> StoredFile:
    """Take one upload through the airlock into the store; it belongs to nobody until it is attached.

    Raises Refused beside ``field``, in the sender's words.
    """
    try:
        admitted = admit(upload, limits)
    except NotAdmitted as refusal:
        raise Refused(str(refusal), field=field, rule="files.airlock") from refusal
    with transaction.atomic():
        with connection.cursor() as cursor:  # the sweep waits for this: from the first byte to the row
            cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext('linli.files'))")
        return _keep(actor, admitted)


def _keep(actor: Actor, admitted: Admitted) -> StoredFile:
    return StoredFile.objects.create(
        sha256=store.put(admitted.content),
        thumbnail_sha256=store.put(admitted.thumbnail) if admitted.thumbnail else "",
        size=len(admitted.content),
        media_type=admitted.media_type,
        family=admitted.family,
        width=admitted.width,
        height=admitted.height,
        state=_scan(admitted.content),
        uploaded_by=actor.principal,
        ticket=secrets.token_urlsafe(32),
        created_at=now(),
    )


def attach(actor: Actor, files: Sequence[int], *, kind: str, owner_id: str) -> None:
    """Give uploads of this actor their owner, once and for all. Raises Refused when one is not theirs or is taken.

    files: ids that ``receive`` or ``queries.waiting`` gave in this request, never numbers that came from outside:
    all people without a sign-in are one and the same actor.
    """
    wanted = set(files)
    taken = StoredFile.objects.filter(pk__in=wanted, owner_kind="", uploaded_by=actor.principal).update(
        owner_kind=kind, owner_id=str(owner_id)
    )
    if taken != len(wanted):
        raise Refused("有照片或文件已经失效，请重新上传。", field="photos", rule="files.attach", status=409)


def remove(kind: str, owner_id: object, file: int) -> StoredFile:
    """Take one file from its owner for good: the row at once, its bytes as soon as that is committed, unless another row names
    the same. Returns what it was. Raises Refused when the owner has no such file.
    """
    row = StoredFile.objects.filter(pk=file, owner_kind=kind, owner_id=str(owner_id)).first()
    if row is None:
        raise Refused("这张照片或这个文件已经不在了。", field="file", rule="files.remove", status=409)
    addresses = [one for one in (row.sha256, row.thumbnail_sha256) if one]
    with scope(system("files removed")):  # only the system deletes rows of files
        StoredFile.objects.filter(pk=row.pk).delete()
    transaction.on_commit(lambda: _forget(addresses), robust=True)
    return row


def _forget(addresses: Sequence[str]) -> None:
    """Bytes that no row names any more. What stops before this ends is done by the next sweep."""
    with scope(system("files removed")):
        with connection.cursor() as cursor:  # waits for an upload of the same picture under way
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('linli.files'))")
        for address in addresses:
            if not StoredFile.objects.filter(Q(sha256=address) | Q(thumbnail_sha256=address)).exists():
                store.drop(address)


@command("files.scan")
def scan_held(actor: Actor) -> int:
    """Ask the virus scanner again about files it could not judge. Returns how many are still held."""
    left = looked = 0
    for file in StoredFile.objects.filter(state=StoredFile.State.HELD).order_by("pk").iterator():
        looked += 1
        file.state = _scan(store.get(file.sha256))
        file.save(update_fields=["state"])
        left += file.state == StoredFile.State.HELD
    detail(left=left)
    if not looked:
        nothing_done()
    return left


@command("files.sweep")
def sweep(actor: Actor) -> int:
    """Remove uploads that were never attached, and stored bytes that no row names. Returns how many rows and files.

    Bytes go one run after their row, when its removal is committed for certain. Only the system may sweep: what a
    narrower scope does not see would look unused.
    """
    if not actor.everything:
        raise Refused("清理文件只能由系统执行。", status=403)
    with connection.cursor() as cursor:  # waits for uploads under way, whose bytes may lie there before their row
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('linli.files'))")
    removed = 0
    for address in store.addresses():
        if not StoredFile.objects.filter(Q(sha256=address) | Q(thumbnail_sha256=address)).exists():
            store.drop(address)
            removed += 1
    limit = now() - timedelta(hours=UNOWNED_HOURS)
    removed += StoredFile.objects.filter(owner_kind="", created_at__lt=limit).delete()[0]
    detail(removed=removed)
    return removed


def _scan(content: bytes) -> str:
    """``LINLI_SCANNER`` names a program that gets a path and ends with 0 (clean) or 1 (harmful), as clamdscan does.

    Without one there is nothing to ask; one that does not answer holds the file back instead of letting it through.
    """
    scanner = os.environ.get("LINLI_SCANNER", "")
    if not scanner:
        return StoredFile.State.CLEAN
    with tempfile.NamedTemporaryFile(prefix="scan-") as file:
        file.write(content)
        file.flush()
        try:
            code = subprocess.run(
                [scanner, file.name], timeout=SCAN_SECONDS, capture_output=True, check=False
            ).returncode
        except (OSError, subprocess.TimeoutExpired):
            return StoredFile.State.HELD
    return {0: StoredFile.State.CLEAN, 1: StoredFile.State.BLOCKED}.get(code, StoredFile.State.HELD)
