"""The helpdesk's addresses, below /staff/."""

from django.urls import path

from precheck.endpoint.helpdesk import finding, recordings, trend, triage

urlpatterns = [
    path("helpdesk/", triage.triage, name="helpdesk-triage"),
    path("helpdesk/now", triage.triage_now, name="helpdesk-triage-now"),
    path("helpdesk/trend/", trend.trend, name="helpdesk-trend"),
    path("helpdesk/recordings/", recordings.list_of_recordings, name="helpdesk-recordings"),
    path(
        "helpdesk/recordings/<uuid:appointment>/<int:run>/",
        recordings.recording,
        name="helpdesk-recording",
    ),
    path(
        "helpdesk/recordings/<uuid:appointment>/<int:run>/file",
        recordings.save,
        name="helpdesk-recording-file",
    ),
    path("helpdesk/readout/", finding.find, name="helpdesk-readout"),
]
