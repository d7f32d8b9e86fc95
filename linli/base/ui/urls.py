from django.urls import path

from linli.base.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("options/", views.options, name="options"),
    path("large-print/", views.large_print, name="large_print"),
    path("language/", views.language, name="language"),
]
