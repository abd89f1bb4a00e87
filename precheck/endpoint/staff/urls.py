"""The addresses that all staff share."""

from django.urls import path

from precheck.endpoint.staff import password, second_factor, single_sign_on, views

urlpatterns = [
    path("", views.home, name="staff-home"),
    path("login/", views.sign_in, name="staff-login"),
    path("login/code/", second_factor.code, name="staff-code"),
    path("login/office/", single_sign_on.begin, name="staff-single-sign-on"),
    path("login/office/done", single_sign_on.done, name="staff-single-sign-on-done"),
    path("password/", password.change, name="staff-password"),
    path("second-factor/", second_factor.set_up, name="staff-second-factor"),
    path("logout/", views.sign_out, name="staff-logout"),
]
