from django.urls import path

from linli.people.answering import charge_views, report_views, views

app_name = "answering"
urlpatterns = [
    path("", views.find, name="find"),
    path("charges/", charge_views.charges, name="charges"),
    path("charges/export.csv", charge_views.export, name="export"),
    path("charges/new/", charge_views.charge, name="charge"),
    path("charges/<int:pk>/", charge_views.one, name="one"),
    path("charges/<int:pk>/call/", charge_views.call, name="call"),
    path("charges/<int:pk>/end/", charge_views.end, name="end"),
    path("charges/<int:pk>/reveal/", charge_views.reveal, name="reveal"),
    path("calls/", report_views.calls, name="calls"),
    path("figures/", report_views.figures, name="figures"),
    path("gaps/", report_views.gaps, name="gaps"),
    path("gaps/<str:code>/", report_views.gap, name="gap"),
    path("of/building/<int:building>/", views.of_building, name="of_building"),
    path("of/compound/<int:compound>/", views.of_compound, name="of_compound"),
    path("of/dwelling/<int:dwelling>/", views.of_dwelling, name="of_dwelling"),
    path("of/organisation/<int:pk>/", charge_views.of_organisation, name="of_organisation"),
    path("<int:building>/", views.door, name="door"),
    path("<int:building>/charge/", charge_views.charge_building, name="charge_building"),
]
