from django.urls import path

from linli.doors.api import pages
from linli.doors.api.views import api

app_name = "api"
urlpatterns = [
    path("keys/", pages.tokens, name="tokens"),
    path("keys/<int:token_id>/revoke/", pages.revoke, name="revoke"),
    path("openapi.json", pages.openapi, name="openapi"),
    path("v1/", api.urls),
]
