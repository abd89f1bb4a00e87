"""What this process counts, as Django knows it."""

from django.apps import AppConfig, apps

from precheck.endpoint.operations.metrics import Metrics


class OperationsConfig(AppConfig):
    name = "precheck.endpoint.operations"
    label = "operations"

    def ready(self) -> None:
        """Begin to count."""
        self.metrics = Metrics()
        self.tables_are_current = False
        """Whether they were found so once: they do not go back while a process runs."""


def operations() -> OperationsConfig:
    """The one in this process."""
    found = apps.get_app_config(OperationsConfig.label)
    assert isinstance(found, OperationsConfig)  # noqa: S101 - Django makes it from INSTALLED_APPS
    return found
