from django.urls import path

from linli.places.sites.views import around, constructions, public, sites, things

app_name = "sites"
urlpatterns = [
    path("", public.sites, name="public"),
    path("<int:site>/", public.site, name="public_site"),
    path("register/", sites.register, name="list"),
    path("register/export.csv", sites.export, name="export"),
    path("register/new/", sites.add, name="add"),
    path("register/<int:site>/", sites.site, name="site"),
    path("register/<int:site>/edit/", sites.edit, name="edit"),
    path("register/<int:site>/close/", sites.close, name="close"),
    path("register/<int:site>/exceptions/", sites.add_exception, name="add_exception"),
    path("register/<int:site>/exceptions/<int:exception>/clear/", sites.clear_exception, name="clear_exception"),
    path("things/", things.things, name="things"),
    path("things/export.csv", things.export_things, name="export_things"),
    path("things/new/", things.add_thing, name="add_thing"),
    path("things/<int:thing>/", things.thing, name="thing"),
    path("things/<int:thing>/edit/", things.edit_thing, name="edit_thing"),
    path("things/<int:thing>/close/", things.close_thing, name="close_thing"),
    path("constructions/", constructions.constructions, name="constructions"),
    path("constructions/export.csv", constructions.export_constructions, name="export_constructions"),
    path("constructions/new/", constructions.add_construction, name="add_construction"),
    path("constructions/<int:construction>/", constructions.construction, name="construction"),
    path("constructions/<int:construction>/edit/", constructions.edit_construction, name="edit_construction"),
    path("constructions/<int:construction>/close/", constructions.close_construction, name="close_construction"),
    path("circle/", around.circle, name="circle"),
    path("circle/of/building/<int:building>/", around.of_building, name="around_building"),
    path("circle/gaps.csv", around.gaps, name="circle_gaps"),
]
