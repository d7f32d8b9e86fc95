from django.urls import path

from linli.people.answering import views

app_name = "answering"
urlpatterns = [
    path("", views.find, name="find"),
    path("charges/", views.charges, name="charges"),
    path("charges/export.csv", views.export, name="export"),
    path("charges/new/", views.charge, name="charge"),
    path("charges/<int:pk>/end/", views.end, name="end"),
    path("charges/<int:pk>/reveal/", views.reveal, name="reveal"),
    path("gaps/", views.gaps, name="gaps"),
    path("gaps/<str:code>/", views.gap, name="gap"),
    path("of/building/<int:building>/", views.of_building, name="of_building"),
    path("of/compound/<int:compound>/", views.of_compound, name="of_compound"),
    path("of/dwelling/<int:dwelling>/", views.of_dwelling, name="of_dwelling"),
    path("<int:building>/", views.door, name="door"),
    path("<int:building>/charge/", views.charge_building, name="charge_building"),
]
