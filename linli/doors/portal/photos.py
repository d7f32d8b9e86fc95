"""Photos that come with a form. What passed the airlock waits for the form to be right: nobody has to send it twice."""

import base64
from dataclasses import dataclass, field
from typing import cast

from django.http import HttpRequest

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.files import store
from linli.base.files.airlock import Upload
from linli.base.files.commands import receive
from linli.base.files.models import StoredFile
from linli.base.files.queries import waiting
from linli.base.files.rules import MEGABYTE, Limits
from linli.base.files.uploading import too_large
from linli.base.throttle import address, spend
from linli.doors.portal import limits
from linli.doors.portal.policy import site
from linli.doors.portal.rules import problem_of_photos


@dataclass
class Taken:
    """kept: photos that wait, in the order they came; problems: why others were not taken, in the sender's words."""

    kept: list[StoredFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [file.pk for file in self.kept]

    @property
    def shown(self) -> list[dict[str, str]]:
        """For the form that comes back: ticket, name and a small picture that needs no request of its own."""
        return [{"ticket": file.ticket, "name": file.name, "thumb": _inline(file)} for file in self.kept]


def take(request: HttpRequest, actor: Actor) -> Taken:
    """The photos of this form: those that already waited (field `kept`) and those that came with it (field `photos`).

    Raises TooMany when somebody sends photos by the hundred.
    """
    policy = site()
    most = int(policy["photos_most"])
    allowed = Limits(file_bytes=int(policy["photo_megabytes"]) * MEGABYTE)
    taken = Taken(waiting(actor, request.POST.getlist("kept"))[:most])
    for name in too_large(request):
        taken.problems.append(f"“{_short(name)}”超过每张 {policy['photo_megabytes']} MB 的上限，没有收。")
    new = [upload for upload in request.FILES.getlist("photos") if upload.name]
    room = most - len(taken.kept)
    for upload in new[:room]:
        spend(limits.PHOTO, address(request))
        try:
            file = receive(actor, cast(Upload, upload), limits=allowed)
        except Refused as refused:
            taken.problems.append(f"“{_short(upload.name)}”没有收：{refused.message}")
            continue
        if file.is_image:
            taken.kept.append(file)
        else:
            taken.problems.append(f"“{_short(upload.name)}”不是照片，没有收。")
    if len(new) > room:
        text = problem_of_photos(most + 1, most)
        taken.problems.append(f"{text}前面的已经收下，多出的 {len(new) - room} 张没有收；要换就先去掉一张。")
    return taken


def _short(name: str | None) -> str:
    name = "".join(sign for sign in name or "" if sign.isprintable())
    return name if len(name) <= 40 else f"{name[:24]}…{name[-12:]}"


def _inline(file: StoredFile) -> str:
    if not file.thumbnail_sha256:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(store.get(file.thumbnail_sha256)).decode("ascii")
