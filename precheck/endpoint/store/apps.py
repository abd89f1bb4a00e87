"""The store as Django knows it."""

import time

from django.apps import AppConfig, apps
from django.db import connection

from precheck.endpoint.attempts import Attempts


class StoreConfig(AppConfig):
    name = "precheck.endpoint.store"
    label = "store"

    def ready(self) -> None:
        """Start counting wrong codes, and open the way in for reports."""
        from precheck.endpoint.store.ingest import Intake  # only now are their models known
        from precheck.endpoint.store.shared_attempts import SharedAttempts

        self.code_attempts: Attempts | SharedAttempts = (
            Attempts(time.monotonic) if connection.vendor == "sqlite" else SharedAttempts()
        )
        self.intake = Intake(self.code_attempts.ask)


def store() -> StoreConfig:
    """The one in this process."""
    found = apps.get_app_config(StoreConfig.label)
    assert isinstance(found, StoreConfig)  # noqa: S101 - Django makes it from INSTALLED_APPS
    return found
