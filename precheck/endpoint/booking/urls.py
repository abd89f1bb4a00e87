"""The addresses for entering appointments, below /staff/."""

from django.urls import path

from precheck.endpoint.booking import table_views, token_views, views

urlpatterns = [
    path("appointments/new", views.new, name="booking-new"),
    path("appointments/<uuid:appointment>/code", views.renew, name="booking-renew"),
    path("appointments/<uuid:appointment>/code/given", views.given, name="booking-given"),
    path("appointments/<uuid:appointment>/cancel", views.call_off, name="booking-cancel"),
    path("appointments/cancelled", views.cancelled, name="booking-cancelled"),
    path("appointments/import", table_views.upload, name="booking-import"),
    path("appointments/import/confirm", table_views.confirm, name="booking-confirm"),
    path("appointments/import/<uuid:batch>", table_views.entered, name="booking-entered"),
    path("appointments/import/<uuid:batch>/codes.csv", table_views.codes, name="booking-codes"),
    path("appointments/import/<uuid:batch>/slips", table_views.slips, name="booking-slips"),
    path("tokens/", token_views.tokens, name="booking-tokens"),
    path("tokens/<int:token>/revoke", token_views.revoke, name="booking-revoke"),
]
