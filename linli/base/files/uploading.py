"""The upload handler: a file that is too large is dropped while it arrives, and the rest of the form is kept."""

from typing import Any

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

from linli.base.files.rules import Limits


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Streams to a temporary file up to the limit, then skips the rest of that file.

    The names of dropped files are in ``request.too_large`` (see :func:`too_large`), so that the page can say so while
    everything typed is still there. Nothing is gathered in memory.
    """

    limits = Limits()

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.taken = 0
        self.taken_of_file = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.taken_of_file = 0
        if self.content_length is not None and self.content_length > self.limits.file_bytes:
            self.drop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.taken += len(raw_data)
        self.taken_of_file += len(raw_data)
        if self.taken_of_file > self.limits.file_bytes or self.taken > self.limits.request_bytes:
            self.drop()
        super().receive_data_chunk(raw_data, start)

    def drop(self) -> None:
        self.file.close()
        if self.request is not None:
            self.request.too_large = [  # type: ignore[attr-defined]
                *too_large(self.request),
                self.file_name,
            ]
        raise SkipFile

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def too_large(request: Any) -> list[str]:
    """Names of the files of this request that were dropped for their size."""
    return getattr(request, "too_large", [])
