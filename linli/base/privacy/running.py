"""Sealing every row anew, portion by portion: progress is committed with each, so it can be stopped and go on."""

from collections.abc import Callable

from linli.base.actor import system
from linli.base.crypto import rotation as crypto_rotation
from linli.base.privacy.commands.keys import finish_rotation
from linli.base.privacy.models import KeyRotation
from linli.base.scope import scope

DONE = "-"


def rotate(
    rotation_id: int, batch: int = crypto_rotation.BATCH, told: Callable[[KeyRotation], None] | None = None
) -> KeyRotation:
    """Go on with a rotation to its end; told: is called after each portion. Returns its row."""
    actor = system("keys")
    models = {model._meta.label_lower: model for model in crypto_rotation.sealed_models()}
    names = sorted(models)
    while True:
        with scope(actor):
            row = KeyRotation.objects.select_for_update().get(pk=rotation_id)
            if row.finished_at is not None:
                return row
            row.place = row.place or (names[0] if names else "")
            if row.place in ("", DONE):  # nothing is sealed, or another runner of this change came to the end
                break
            portion = crypto_rotation.rotate_portion(models[row.place], row.last, batch)
            row.done += portion.looked
            row.sealed += portion.sealed
            if portion.last is not None:
                row.last = portion.last
            else:
                later = [name for name in names if name > row.place]
                row.place, row.last = (later[0] if later else DONE), 0
            row.save(update_fields=["place", "last", "done", "sealed"])
            finished = row.place == DONE
            if finished and crypto_rotation.old_indexes():
                # Somebody sealed under the old key just before it changed and has committed since: once more.
                row.place, row.last, finished = "", 0, False
                row.save(update_fields=["place", "last"])
        if told:
            told(row)
        if finished:
            break
    with scope(actor):
        finish_rotation(actor, rotation_id)
        return KeyRotation.objects.get(pk=rotation_id)
