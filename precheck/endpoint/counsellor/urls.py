"""The counsellor's addresses, below /staff/."""

from django.urls import path

from precheck.endpoint.counsellor import detail_views, views

_ONE = "appointments/<uuid:appointment>/"

urlpatterns = [
    path("appointments/", views.list_of_day, name="counsellor-list"),
    path("appointments/rows", views.rows, name="counsellor-rows"),
    path(_ONE, detail_views.detail, name="counsellor-detail"),
    path(f"{_ONE}mode", detail_views.change_mode, name="counsellor-mode"),
    path(f"{_ONE}readout", detail_views.enter, name="counsellor-readout"),
    path(f"{_ONE}waivers", detail_views.waive, name="counsellor-waive"),
    path(
        f"{_ONE}waivers/<int:waiver>/withdraw",
        detail_views.withdraw,
        name="counsellor-withdraw",
    ),
    path(f"{_ONE}notes", detail_views.write_note, name="counsellor-note"),
    path(f"{_ONE}notes/<int:note>/delete", detail_views.remove_note, name="counsellor-note-delete"),
]
