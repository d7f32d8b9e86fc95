from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "linli.base.calendar"
    label = "calendar"
    verbose_name = "工作日历"

    def ready(self) -> None:
        from linli.base.calendar import policy
        from linli.base.policies import Checker, register

        register("calendar", Checker(problems=policy.problems, answer=policy.answer))
