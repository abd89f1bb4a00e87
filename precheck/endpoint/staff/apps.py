from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "precheck.endpoint.staff"
    label = "staff"
