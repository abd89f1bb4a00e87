"""The addresses for whoever runs the endpoint."""

from django.urls import path

from precheck.endpoint.operations import views

urlpatterns = [
    path(views.ALIVE[1:], views.alive),
    path(views.READY[1:], views.ready),
    path(views.COUNTS[1:], views.counts),
    path(views.SEEN[1:], views.seen),
    path("staff/system/doctor", views.doctor, name="operations-doctor"),
]
