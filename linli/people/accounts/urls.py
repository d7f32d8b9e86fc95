from django.urls import path

from linli.people.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.register, name="list"),
    path("export.csv", views.export, name="export"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.account, name="account"),
    path("<int:pk>/post/", views.appoint, name="appoint"),
    path("<int:pk>/reset-password/", views.reset_password, name="reset_password"),
    path("<int:pk>/reset-second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("<int:pk>/activate/", views.activate, name="activate"),
    path("proposals/<int:pk>/approve/", views.approve, name="approve"),
    path("proposals/<int:pk>/decline/", views.decline, name="decline"),
    path("posts/<int:pk>/end/", views.end_post, name="end_post"),
]
