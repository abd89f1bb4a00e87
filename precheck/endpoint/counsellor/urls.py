"""The counsellor's addresses, below /staff/."""

from django.urls import path

from precheck.endpoint.counsellor import views

urlpatterns = [
    path("appointments/", views.list_of_day, name="counsellor-list"),
    path("appointments/<uuid:appointment>/", views.detail, name="counsellor-detail"),
    path("appointments/<uuid:appointment>/mode", views.change_mode, name="counsellor-mode"),
]
