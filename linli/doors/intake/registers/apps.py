from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "linli.doors.intake.registers"
    label = "registers"
    verbose_name = "台账导入"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register
        from linli.doors.intake.registers import policy  # noqa: F401  registers the checker of the headers

        register(
            MenuItem(
                _("台账"), _("台账导入"), "registers:list", right="registers.import", icon="file-spreadsheet", order=690
            )
        )
