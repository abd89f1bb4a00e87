"""Every address of the endpoint."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from precheck.contract import api as contract
from precheck.endpoint.api import bookings
from precheck.endpoint.api import views as api
from precheck.endpoint.assets import asset, no_icon

urlpatterns: list[URLPattern | URLResolver] = [
    path(contract.HEALTH_PATH[1:], api.resource(GET=api.health)),
    path(contract.APPOINTMENT_PATH[1:], api.resource(GET=api.appointment)),
    path(contract.REPORTS_PATH[1:], api.resource(POST=api.report, DELETE=api.forget)),
    path(contract.BOOKINGS_PATH[1:], api.resource(POST=bookings.create)),
    path(contract.BOOKINGS_PATH[1:] + "/<uuid:booking>", api.resource(DELETE=bookings.delete)),
    path(contract.RECORDINGS_PATH[1:], api.resource(POST=api.recording)),
    path(contract.CATALOGUES_PATH[1:] + "<str:name>", api.resource(GET=api.catalogue)),
    path(contract.MEASURE_PATH[1:], api.resource(GET=api.measure_down, POST=api.measure_up)),
    path("assets/<str:name>", asset, name="asset"),
    path("favicon.ico", no_icon),
    path("staff/", include("precheck.endpoint.staff.urls")),
    path("staff/", include("precheck.endpoint.booking.urls")),
    path("staff/", include("precheck.endpoint.counsellor.urls")),
    path("staff/", include("precheck.endpoint.administration.urls")),
    path("", include("precheck.endpoint.operations.urls")),
    path("staff/", include("precheck.endpoint.helpdesk.urls")),
    path("a/", include("precheck.endpoint.seeker.urls")),
    path("", login_not_required(RedirectView.as_view(pattern_name="staff-home"))),
]

handler400 = "precheck.endpoint.error_pages.bad_request"
handler403 = "precheck.endpoint.error_pages.permission_denied"
handler404 = "precheck.endpoint.error_pages.not_found"
handler500 = "precheck.endpoint.error_pages.server_error"
