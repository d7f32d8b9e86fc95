from django.urls import path

from linli.places.sites.views import around, public, register

app_name = "sites"
urlpatterns = [
    path("", public.sites, name="public"),
    path("<int:site>/", public.site, name="public_site"),
    *register.addresses(),
    path("register/<int:site>/exceptions/", register.add_exception, name="add_exception"),
    path("register/<int:site>/exceptions/<int:exception>/clear/", register.clear_exception, name="clear_exception"),
    path("circle/", around.circle, name="circle"),
    path("circle/of/building/<int:building>/", around.of_building, name="around_building"),
    path("circle/dwellings/", around.dwellings, name="circle_dwellings"),
    path("circle/dwellings/export.csv", around.export_dwellings, name="export_circle_dwellings"),
    path("circle/gaps.csv", around.gaps, name="circle_gaps"),
]
