"""What can go wrong around the checks. Each message is one sentence for the programmer; what the
person reads is a phrase of the wording, by `phrase`."""


class AgentError(Exception):
    """The base: `phrase` names the sentence for the person, `values` fill its blanks."""

    phrase = "error_unexpected"

    def __init__(self, message: str, **values: str | int) -> None:
        super().__init__(message)
        self.values = values


class WrongUsage(AgentError):
    """The command line asks for what does not exist or does not go together."""

    phrase = "error_usage"


class BadAddress(WrongUsage):
    """An endpoint's address that is not https (or http on this machine)."""

    phrase = "error_address"


class BadSettings(WrongUsage):
    """The settings file beside the program cannot be used."""

    phrase = "error_settings"


class EndpointNeeded(WrongUsage):
    """A code is of no use without the endpoint that knows it."""

    phrase = "error_endpoint_needed"


class CodeRefused(WrongUsage):
    """The endpoint does not know the code."""

    phrase = "error_code_unknown"


class EndpointAway(AgentError):
    """The endpoint could not be reached, or did not answer as an endpoint does."""

    phrase = "error_endpoint_away"


class EndpointBusy(AgentError):
    """The endpoint looks up no code for a while, after too many wrong ones."""

    phrase = "error_endpoint_busy"


class Refused(AgentError):
    """The endpoint refused the report for good; sending it again is of no use."""

    phrase = "error_refused"


class CannotKeep(AgentError):
    """The outbox could not be written."""

    phrase = "error_outbox"


class RecordingNotMade(AgentError):
    """There is no recording, or none that could be sent."""

    phrase = "error_recording_not_made"


class RecordingNotSent(AgentError):
    """The endpoint did not answer to the recording. It may be sent again."""

    phrase = "error_recording_not_sent"


class RecordingRefused(AgentError):
    """The endpoint does not take this recording."""

    phrase = "error_recording_refused"


class RecordingsUnknown(AgentError):
    """The endpoint takes no recordings."""

    phrase = "error_recordings_unknown"


class CouldNotRun(AgentError):
    """The checks could not be run at all."""

    phrase = "error_could_not_run"
