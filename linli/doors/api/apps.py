from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "linli.doors.api"
    label = "api"
    verbose_name = "接口"

    def ready(self) -> None:
        from linli.doors.api.bearer import post_of
        from linli.people.accounts import middleware

        middleware.BEARERS.append(post_of)
