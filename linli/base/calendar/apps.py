from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarConfig(AppConfig):
    name = "linli.base.calendar"
    label = "calendar"
    verbose_name = "工作日历"

    def ready(self) -> None:
        from linli.base.calendar import policy
        from linli.base.policies import Checker, register
        from linli.base.ui import menu

        register("calendar", Checker(problems=policy.problems, answer=policy.answer))
        menu.register(menu.MenuItem(_("管理"), _("工作日历"), "calendar:list", "calendar.view", "calendar-event", 825))
