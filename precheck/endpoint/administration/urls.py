"""The administrators' addresses, below /staff/."""

from django.urls import URLPattern, path

from precheck.endpoint.administration import (
    policy_views,
    record_views,
    staff_views,
    system_views,
    views,
)


def _staff(below: str, name: str) -> list[URLPattern]:
    """The same pages about an office's staff and about those who serve all offices."""
    one = f"{below}staff/<int:user>/"
    return [
        path(f"{below}staff/", staff_views.staff, name=f"{name}-staff"),
        path(one, staff_views.member, name=f"{name}-member"),
        path(f"{one}remove", staff_views.remove, name=f"{name}-remove"),
        path(f"{one}password", staff_views.give_password, name=f"{name}-password"),
        path(f"{one}second-factor", staff_views.forget_second_factor, name=f"{name}-second-factor"),
        path(f"{one}shut-out", staff_views.shut_out, name=f"{name}-shut-out"),
        path(f"{one}let-in", staff_views.let_in, name=f"{name}-let-in"),
    ]


_OFFICE = "offices/<slug:office>/"

urlpatterns = [
    path("offices/", views.offices, name="administration-offices"),
    path(_OFFICE, views.one_office, name="administration-office"),
    *_staff(_OFFICE, "administration"),
    path(f"{_OFFICE}staff/<int:user>/role", staff_views.change_role, name="administration-role"),
    path(f"{_OFFICE}policy/", policy_views.policy, name="administration-policy"),
    path(f"{_OFFICE}policy/new", policy_views.new, name="administration-policy-new"),
    path(f"{_OFFICE}policy/put", policy_views.put, name="administration-policy-put"),
    path(f"{_OFFICE}policy/cancel", policy_views.cancel, name="administration-policy-cancel"),
    path(f"{_OFFICE}policy/<int:version>/", policy_views.version, name="administration-version"),
    path(f"{_OFFICE}terms/", record_views.terms, name="administration-terms"),
    path(f"{_OFFICE}terms/<str:revision>/", record_views.consents, name="administration-consents"),
    path(f"{_OFFICE}figures/", record_views.figures, name="administration-figures"),
    path("audit/", record_views.audit, name="administration-audit"),
    path("audit/audit.csv", record_views.audit_file, name="administration-audit-file"),
    path("system/offices/new", system_views.add_office, name="administration-office-new"),
    *_staff("system/", "administration-system"),
]
