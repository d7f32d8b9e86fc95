from django.urls import path

from linli.doors.intake.hotline import api, views

app_name = "hotline_inbox"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export/", views.export, name="export"),
    path("sheet/", views.sheet, name="sheet"),
    path("sheet/empty.csv", views.empty_sheet, name="empty_sheet"),
    path("in/<slug:code>/", api.receive, name="receive"),
    path("<int:pk>/", views.message, name="message"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/leave/", views.leave, name="leave"),
    path("<int:pk>/skip/", views.skip, name="skip"),
]
