from django.urls import path

from linli.doors.intake.registers import views

app_name = "registers"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:import_id>/", views.detail, name="detail"),
    path("<int:import_id>/layout/", views.lay_out, name="lay_out"),
    path("<int:import_id>/start/", views.start, name="start"),
    path("<int:import_id>/progress/", views.progress, name="progress"),
    path("<int:import_id>/errors.csv", views.problems, name="problems"),
    path("<int:import_id>/undo/", views.undo, name="undo"),
    path("<int:import_id>/discard/", views.discard, name="discard"),
]
