from django.urls import path

from linli.together.taskforces import views

app_name = "taskforces"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export.csv", views.export, name="export"),
    path("new/", views.found, name="new"),
    path("solved/", views.solved, name="solved"),
    path("solved/export.csv", views.export_solved, name="export_solved"),
    path("of-case/<int:pk>/", views.of_case, name="of_case"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/enlist/", views.enlist, name="enlist"),
    path("<int:pk>/carry/", views.carry, name="carry"),
    path("<int:pk>/end/", views.end, name="end"),
]
