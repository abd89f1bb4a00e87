"""The addresses that all staff share."""

from django.urls import path

from precheck.endpoint.staff import views

urlpatterns = [
    path("", views.home, name="staff-home"),
    path("login/", views.sign_in, name="staff-login"),
    path("logout/", views.sign_out, name="staff-logout"),
]
