"""Every address of the endpoint."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from precheck.contract import api as contract
from precheck.endpoint.api import views as api
from precheck.endpoint.staff import views as staff

urlpatterns: list[URLPattern] = [
    path(contract.HEALTH_PATH[1:], api.resource(GET=api.health)),
    path(contract.APPOINTMENT_PATH[1:], api.resource(GET=api.appointment)),
    path(contract.REPORTS_PATH[1:], api.resource(POST=api.report)),
    path(contract.CATALOGUES_PATH[1:] + "<str:name>", api.resource(GET=api.catalogue)),
    path(contract.MEASURE_PATH[1:], api.resource(GET=api.measure_down, POST=api.measure_up)),
    path("staff/", staff.list_of_day, name="staff-list"),
    path("staff/login/", staff.sign_in, name="staff-login"),
    path("staff/logout/", staff.sign_out, name="staff-logout"),
    path("staff/style.css", staff.stylesheet, name="staff-style"),
    path("staff/appointments/<uuid:appointment>/", staff.detail, name="staff-detail"),
    path("staff/appointments/<uuid:appointment>/mode", staff.change_mode, name="staff-mode"),
    path("", login_not_required(RedirectView.as_view(pattern_name="staff-list"))),
]

handler400 = "precheck.endpoint.error_pages.bad_request"
handler403 = "precheck.endpoint.error_pages.permission_denied"
handler404 = "precheck.endpoint.error_pages.not_found"
handler500 = "precheck.endpoint.error_pages.server_error"
