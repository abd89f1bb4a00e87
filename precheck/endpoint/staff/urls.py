"""The addresses that all staff share."""

from django.urls import path

from precheck.endpoint.staff import second_factor, views

urlpatterns = [
    path("", views.home, name="staff-home"),
    path("login/", views.sign_in, name="staff-login"),
    path("login/code/", second_factor.code, name="staff-code"),
    path("second-factor/", second_factor.set_up, name="staff-second-factor"),
    path("logout/", views.sign_out, name="staff-logout"),
]
