"""Addresses of the residents' door. A number stands in the path; a code never stands in any address."""

from django.urls import path

from linli.doors.portal.views import about, following, reporting

app_name = "portal"
urlpatterns = [
    path("", reporting.home, name="home"),
    path("report/", reporting.report, name="report"),
    path("report/place/", reporting.find_place, name="find_place"),
    path("report/building/", reporting.find_building, name="find_building"),
    path("report/map/", reporting.pick_place, name="pick_place"),
    path("receipt/<str:number>/", reporting.receipt, name="receipt"),
    path("track/", following.track, name="track"),
    path("case/<str:number>/", following.case, name="case"),
    path("case/<str:number>/supplement/", following.supplement, name="supplement"),
    path("case/<str:number>/remind/", following.remind, name="remind"),
    path("case/<str:number>/withdraw/", following.withdraw, name="withdraw"),
    path("case/<str:number>/confirm/", following.confirm, name="confirm"),
    path("r/<str:number>/<str:token>/", following.link, name="link"),
    path("mine/", about.mine, name="mine"),
    path("forget/", about.forget, name="forget"),
    path("privacy/", about.privacy, name="privacy"),
]
