"""Where the program keeps what it has to remember."""

from pathlib import Path


def state_folder() -> Path:
    """The program's own place in the user's state folder; it may not be there yet."""
    import platformdirs

    return Path(platformdirs.user_state_dir("precheck", appauthor=False))
