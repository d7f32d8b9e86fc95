"""The one door through which stored files leave."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from linli.base.files import store
from linli.base.files.models import StoredFile
from linli.base.files.queries import may_see
from linli.base.pages import actor_of, page


@page.public("the rule of the file's owner decides for each file")
@require_safe
def show(request: HttpRequest, pk: int, thumbnail: bool = False) -> HttpResponse:
    """A file to whoever may see its owner; to everybody else it does not exist. Never cached, never a page of ours."""
    file = StoredFile.objects.filter(pk=pk).first()
    if file is None or not may_see(actor_of(request), file) or (thumbnail and not file.thumbnail_sha256):
        raise Http404
    content = store.get(file.thumbnail_sha256 if thumbnail else file.sha256)
    answer = HttpResponse(content, content_type=file.media_type)
    answer["Content-Disposition"] = content_disposition_header(not file.is_image, file.name) or "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
