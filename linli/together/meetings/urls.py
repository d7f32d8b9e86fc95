from django.urls import path

from linli.together.meetings import views

app_name = "meetings"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export.csv", views.export, name="export"),
    path("new/", views.prepare, name="new"),
    path("attendance/", views.attendance, name="attendance"),
    path("decisions/", views.decisions, name="decisions"),
    path("decisions/export.csv", views.export_decisions, name="export_decisions"),
    path("decisions/<int:pk>/report/", views.report, name="report"),
    path("of-case/<int:pk>/", views.of_case, name="of_case"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/minutes/", views.minutes, name="minutes"),
    path("<int:pk>/minutes.csv", views.export_minutes, name="export_minutes"),
    path("<int:pk>/agenda/", views.agenda, name="agenda"),
    path("<int:pk>/attend/", views.attend, name="attend"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/close/", views.close, name="close"),
]
