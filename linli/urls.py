"""Where each room's pages stand. Residents come in at the front door; staff pages have a word of their own."""

from django.urls import include, path

urlpatterns = [
    path("", include("linli.doors.portal.urls")),
    path("", include("linli.doors.web.urls")),
    path("api/", include("linli.doors.api.urls")),
    path("intake/sheet/", include("linli.doors.intake.sheet.urls")),
    path("registers/import/", include("linli.doors.intake.registers.urls")),
    path("intake/hotline/", include("linli.doors.intake.hotline.urls")),
    path("hotline/", include("linli.doors.channels.hotline.urls")),
    path("cases/", include("linli.matters.cases.urls")),
    path("prevention/", include("linli.matters.prevention.urls")),
    path("whistles/", include("linli.matters.whistles.urls")),
    path("taskforces/", include("linli.together.taskforces.urls")),
    path("meetings/", include("linli.together.meetings.urls")),
    path("procedures/", include("linli.procedures.urls")),
    path("regions/", include("linli.places.regions.urls")),
    path("addresses/", include("linli.places.addresses.urls")),
    path("sites/", include("linli.places.sites.urls")),
    path("organisations/", include("linli.people.organisations.urls")),
    path("residents/", include("linli.people.residents.urls")),
    path("door/", include("linli.people.answering.urls")),
    path("party/", include("linli.people.party.urls")),
    path("accounts/", include("linli.people.accounts.urls")),
    path("privacy-office/", include("linli.base.privacy.urls")),
    path("policies/", include("linli.base.policies.urls")),
    path("calendar/", include("linli.base.calendar.urls")),
    path("files/", include("linli.base.files.urls")),
    path("ui/", include("linli.base.ui.urls")),
    path("board/", include("linli.insight.boards.urls")),
    path("map/", include("linli.insight.maps.urls")),
    path("scores/", include("linli.insight.scores.urls")),
    path("figures/", include("linli.insight.indicators.urls")),
    path("hotspots/", include("linli.insight.hotspots.urls")),
    path("openness/", include("linli.insight.openness.urls")),
]

handler404 = "linli.doors.web.errors.not_found"
handler403 = "linli.doors.web.errors.forbidden"
handler400 = "linli.doors.web.errors.bad_request"
handler500 = "linli.doors.web.errors.server_error"
