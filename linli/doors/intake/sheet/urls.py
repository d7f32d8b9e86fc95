from django.urls import path

from linli.doors.intake.sheet import views

app_name = "sheet"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:import_id>/", views.detail, name="detail"),
    path("<int:import_id>/progress/", views.progress, name="progress"),
    path("<int:import_id>/errors.csv", views.problems, name="problems"),
    path("<int:import_id>/discard/", views.discard, name="discard"),
]
