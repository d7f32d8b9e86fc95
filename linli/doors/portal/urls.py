"""Addresses of the residents' door. A number stands in the path; a tracking code never stands in any address."""

from django.urls import path

from linli.doors.portal.views import about, doors, following, labels, my_information, open, reporting, scanned

app_name = "portal"
urlpatterns = [
    path("", reporting.home, name="home"),
    path("report/", reporting.report, name="report"),
    path("report/place/", reporting.find_place, name="find_place"),
    path("report/building/", reporting.find_building, name="find_building"),
    path("report/map/", reporting.pick_place, name="pick_place"),
    path("who/", doors.find, name="who"),
    path("who/building/<int:building>/", doors.of_building, name="who_building"),
    path("who/compound/<int:pk>/", doors.of_compound, name="who_compound"),
    path("q/<str:code>/", labels.code, name="code"),
    path("q/<str:code>/staff/", scanned.scanned, name="scanned"),
    path("labels/<slug:kind>/<int:key>/", labels.sheet, name="labels"),
    path("labels/of/compound/<int:pk>/", labels.of_compound, name="labels_of_compound"),
    path("labels/of/building/<int:building>/", labels.of_building, name="labels_of_building"),
    path("labels/of/site/<int:site>/", labels.of_site, name="labels_of_site"),
    path("labels/of/thing/<int:thing>/", labels.of_thing, name="labels_of_thing"),
    path("receipt/<str:number>/", reporting.receipt, name="receipt"),
    path("track/", following.track, name="track"),
    path("case/<str:number>/", following.case, name="case"),
    path("case/<str:number>/supplement/", following.supplement, name="supplement"),
    path("case/<str:number>/remind/", following.remind, name="remind"),
    path("case/<str:number>/withdraw/", following.withdraw, name="withdraw"),
    path("case/<str:number>/example/", following.example, name="example"),
    path("case/<str:number>/confirm/", following.confirm, name="confirm"),
    path("r/<str:number>/<str:token>/", following.link, name="link"),
    path("open/", open.months, name="open"),
    path("open/month.csv", open.months_sheet, name="open_sheet"),
    path("open/hang-ups/", open.hang_ups, name="open_hang_ups"),
    path("open/hang-ups.csv", open.hang_ups_sheet, name="open_hang_ups_sheet"),
    path("open/examples/", open.examples, name="open_examples"),
    path("open/<str:region>/<str:month>/", open.month, name="open_month"),
    path("open/<str:region>/<str:month>.csv", open.month_sheet, name="open_month_sheet"),
    path("mine/", about.mine, name="mine"),
    path("forget/", about.forget, name="forget"),
    path("privacy/", about.privacy, name="privacy"),
    path("privacy/fields/", about.fields, name="fields"),
    path("my-information/", my_information.information, name="own"),
    path("my-information/code/", my_information.code, name="own_code"),
    path("my-information/ask/", my_information.ask, name="own_ask"),
    path("my-information/file/", my_information.take_along, name="own_file"),
    path("my-information/leave/", my_information.leave, name="own_leave"),
]
