"""What the API offers, as OpenAPI."""

from typing import Any

from linli.doors.api.views import api


def openapi() -> dict[str, Any]:
    """The description that is served at /api/openapi.json and committed in docs/develop."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))
