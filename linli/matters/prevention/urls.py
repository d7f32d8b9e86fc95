from django.urls import path

from linli.matters.prevention import finding_views, views

app_name = "prevention"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export.csv", views.export, name="export"),
    path("plan/", views.plan, name="plan"),
    path("find/", finding_views.find, name="find"),
    path("findings/", finding_views.findings, name="findings"),
    path("findings/export.csv", finding_views.export, name="findings_export"),
    path("task/<str:number>/", views.task, name="task"),
]
