"""The job seeker's addresses, below /a/. No code stands in any of them."""

from django.urls import path

from precheck.endpoint.seeker import views

urlpatterns = [
    path("", views.page, name="seeker"),
    path("download/<str:name>", views.download, name="seeker-download"),
]
