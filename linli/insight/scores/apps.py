from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoresConfig(AppConfig):
    name = "linli.insight.scores"
    label = "scores"
    verbose_name = "评分"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.insight.scores import policy  # noqa: F401  it registers itself

        register(
            MenuItem(
                _("看情况"),
                _("评分"),
                "scores:list",
                right="scores.view",
                icon="report-analytics",
                order=62,
                group=_("评分"),
            ),
            MenuItem(
                _("看情况"),
                _("评分规则"),
                "scores:rules",
                right="policies.view",
                icon="scale",
                order=63,
                group=_("评分"),
            ),
        )
