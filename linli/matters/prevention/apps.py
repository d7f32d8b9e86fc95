from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreventionConfig(AppConfig):
    name = "linli.matters.prevention"
    label = "prevention"
    verbose_name = "未诉先办"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register

        register(
            MenuItem("", _("随手报"), "prevention:find", right="prevention.find", icon="camera", order=13, bar=True),
            MenuItem(
                _("办事"),
                _("预防任务"),
                "prevention:list",
                right="prevention.view",
                icon="shield-check",
                order=41,
                group=_("未诉先办"),
            ),
            MenuItem(
                _("办事"),
                _("主动发现"),
                "prevention:findings",
                right="prevention.view",
                icon="eye-check",
                order=42,
                group=_("未诉先办"),
            ),
        )
