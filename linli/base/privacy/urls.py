from django.urls import path

from linli.base.privacy import deleting_views, views

app_name = "privacy"
urlpatterns = [
    path("", views.fields, name="fields"),
    path("fields.csv", views.fields_sheet, name="fields_export"),
    path("requests/", views.requests, name="requests"),
    path("requests/<int:pk>/", views.one_request, name="request"),
    path("authorities/", views.authorities, name="authorities"),
    path("authorities/<int:pk>/end/", views.end_authority, name="end_authority"),
    path("retention/", deleting_views.retention, name="retention"),
    path("retention/<int:pk>/", deleting_views.run, name="run"),
    path("retention/<int:pk>/approve/", deleting_views.approve, name="approve"),
    path("retention/<int:pk>/cancel/", deleting_views.cancel, name="cancel"),
    path("holds/", deleting_views.holds, name="holds"),
    path("holds/<int:pk>/lift/", deleting_views.lift_hold, name="lift_hold"),
    path("exports/", views.exports, name="exports"),
    path("exports/<int:pk>/", views.export, name="export"),
    path("keys/", views.keys, name="keys"),
    path("keys/progress/", views.progress, name="progress"),
    path("keys/rotate/", views.rotate, name="rotate"),
    path("keys/copied/", views.copied, name="copied"),
]
