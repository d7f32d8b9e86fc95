"""Pages of the engine: what the procedures are, and why a proceeding is due when it is."""

from django.urls import path

from linli.procedures import views

app_name = "procedures"
urlpatterns = [
    path("", views.catalogue, name="list"),
    path("chains/", views.chains, name="chains"),
    path("<slug:code>/", views.procedure, name="procedure"),
    path("of/<slug:number>/why/", views.why, name="why"),
    path("of/<slug:number>/record/", views.record, name="record"),
]
