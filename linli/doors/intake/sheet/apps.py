from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SheetConfig(AppConfig):
    name = "linli.doors.intake.sheet"
    label = "sheet"
    verbose_name = "表格导入"

    def ready(self) -> None:
        from linli.base.ui.menu import MenuItem, register

        register(
            MenuItem(
                _("办事"),
                _("表格导入"),
                "sheet:list",
                right="cases.import",
                icon="file-spreadsheet",
                order=51,
                group=_("热线与导入"),
            )
        )
