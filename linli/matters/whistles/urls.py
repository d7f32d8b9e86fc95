from django.urls import path

from linli.matters.whistles import views

app_name = "whistles"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export.<slug:form>", views.export, name="export"),
    path("new/", views.new, name="new"),
    path("figures/", views.figures, name="figures"),
    path("figures/export.csv", views.export_figures, name="export_figures"),
    path("of-case/<int:pk>/", views.of_case, name="of_case"),
    path("<slug:number>/", views.detail, name="detail"),
    path("<slug:number>/act/<slug:act>/", views.act, name="act"),
    path("<slug:number>/part/<slug:act>/", views.part, name="part"),
]
