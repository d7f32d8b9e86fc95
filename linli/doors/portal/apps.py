from django.apps import AppConfig
from django.db import DatabaseError
from django.http import HttpRequest


class PortalConfig(AppConfig):
    name = "linli.doors.portal"
    label = "portal"
    verbose_name = "居民入口"

    def ready(self) -> None:
        from linli.base.ui.menu import shell
        from linli.doors.portal.policy import site

        of_staff = shell.place

        def place(request: HttpRequest) -> str:
            """Where staff work; for residents the name of the site. Also where the database is gone."""
            try:
                return of_staff(request) or str(site()["site_name"])
            except (DatabaseError, LookupError):
                return ""

        shell.place = place
        shell.residents_home = "portal:home"
        shell.privacy = "portal:privacy"
