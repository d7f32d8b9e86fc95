from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "linli.doors.web"
    label = "web"
    verbose_name = "门户"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register, shell
        from linli.doors import wiring
        from linli.doors.web import frame, queries
        from linli.people.organisations.queries import managers_on, tie
        from linli.places.addresses.queries import managing
        from linli.places.addresses.queries import tie as tie_dwellings

        wiring.connect()
        tie(queries.open_work_of)
        tie_dwellings(queries.people_in)
        managing(managers_on)

        shell.place, shell.posts = frame.place, frame.posts
        shell.home, shell.search = "web:home", "web:search"
        shell.sign_in, shell.sign_out, shell.switch_post = "web:sign_in", "web:sign_out", "web:switch_post"
        shell.account = "web:account"
        shell.demo = settings.DEMO
        register(MenuItem("", _("工作台"), "web:home", icon="home", order=0, key="h", bar=True))
        register(MenuItem(_("管理"), _("审计记录"), "web:audit", right="audit.view", icon="history", order=860))
        register(MenuItem(_("管理"), _("系统状态"), "web:system", "system.view", "tool", 880, group=_("系统状态")))
