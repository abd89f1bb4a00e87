"""What an operator can get wrong, one clear sentence each."""


class Unusable(Exception):
    """Input, a folder or an address that cannot be used; the message says why."""
