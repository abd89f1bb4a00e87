"""The store as Django knows it."""

import time

from django.apps import AppConfig, apps

from precheck.endpoint.attempts import Attempts


class StoreConfig(AppConfig):
    name = "precheck.endpoint.store"
    label = "store"

    def ready(self) -> None:
        """Start counting wrong codes."""
        self.code_attempts = Attempts(time.monotonic)


def store() -> StoreConfig:
    """The one in this process."""
    found = apps.get_app_config(StoreConfig.label)
    assert isinstance(found, StoreConfig)  # noqa: S101 - Django makes it from INSTALLED_APPS
    return found
