from django.urls import path, re_path

from linli.base.policies import views

CODE = r"(?P<code>[a-z][a-z0-9_.-]{0,59})"
VERSION = CODE + r"/(?P<number>[0-9]{1,8})"

app_name = "policies"
urlpatterns = [
    path("", views.register, name="list"),
    re_path(rf"^{CODE}/$", views.policy, name="policy"),
    re_path(rf"^{VERSION}/$", views.policy, name="version"),
    re_path(rf"^{VERSION}/edit/$", views.edit, name="edit"),
    re_path(rf"^{VERSION}/rehearse/$", views.rehearse, name="rehearse"),
    re_path(rf"^{VERSION}/publish/$", views.publish, name="publish"),
    re_path(rf"^{VERSION}/compare/$", views.compare, name="compare"),
]
