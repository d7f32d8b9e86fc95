from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BoardsConfig(AppConfig):
    name = "linli.insight.boards"
    label = "boards"
    verbose_name = "驾驶舱"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register

        register(
            MenuItem(
                _("看情况"),
                _("驾驶舱"),
                "boards:board",
                right="boards.view",
                icon="chart-bar",
                order=60,
                key="b",
                bar=True,
            )
        )
