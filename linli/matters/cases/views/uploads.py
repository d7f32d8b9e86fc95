"""Photos of a form: through the airlock, and kept when the form comes back so that nobody sends them twice."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.base.commands import Refused
from linli.base.files.commands import receive
from linli.base.files.models import StoredFile
from linli.base.files.queries import waiting
from linli.base.files.uploading import too_large

FILES_MOST = 9


def take_in(request: HttpRequest, form: Any) -> list[StoredFile]:
    """Photos of this try and of an earlier one that was refused. Raises Refused beside `photos`."""
    if dropped := too_large(request):
        raise Refused(_("“%(name)s”太大了，请压缩或者换一张。") % {"name": dropped[0]}, field="photos")
    held, given = kept_files(request), form.cleaned_data["photos"]
    if len(held) + len(given) > FILES_MOST:
        raise Refused(_("一次最多 %(most)d 个文件。") % {"most": FILES_MOST}, field="photos")
    return held + [receive(request.actor, upload) for upload in given]  # type: ignore[attr-defined]


def kept_files(request: HttpRequest) -> list[StoredFile]:
    """Uploads of an earlier try, by the tickets the form carries."""
    tickets = request.POST.getlist("ticket")
    return waiting(request.actor, tickets) if tickets else []  # type: ignore[attr-defined]
