from django.apps import AppConfig
from django.db import DatabaseError
from django.http import HttpRequest


class PortalConfig(AppConfig):
    name = "linli.doors.portal"
    label = "portal"
    verbose_name = "居民入口"

    def ready(self) -> None:
        from linli.base.ui.menu import shell
        from linli.doors.portal import policy  # noqa: F401

        shell.place = place
        shell.residents_home = "portal:home"
        shell.privacy = "portal:privacy"


def place(request: HttpRequest) -> str:
    """The name of the site; also on the page that says that the database does not answer."""
    from linli.doors.portal.policy import site

    try:
        return str(site()["site_name"])
    except (DatabaseError, LookupError):
        return ""
