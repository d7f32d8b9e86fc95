from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "linli.people.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from linli.people.accounts import policy  # noqa: F401
