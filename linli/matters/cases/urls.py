"""Addresses of the staff pages of cases. A number is a slug, so that nothing odd in an address reaches the database."""

from django.urls import path

from linli.matters.cases.views import acts, detail, worklist

app_name = "cases"
urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("<slug:number>/", detail.detail, name="detail"),
    path("<slug:number>/reveal/", detail.reveal, name="reveal"),
    path("<slug:number>/act/<slug:act>/", acts.act, name="act"),
]
