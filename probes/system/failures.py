"""What an error of the OS says about an answer that did not come."""

import errno
from types import MappingProxyType

from precheck.contract.reasons import Unread

_WHY = MappingProxyType(
    {
        errno.ENOENT: Unread.MISSING,
        errno.ENOTDIR: Unread.MISSING,
        errno.ENODEV: Unread.MISSING,
        errno.ENXIO: Unread.MISSING,
        errno.ESRCH: Unread.MISSING,
        errno.ECONNREFUSED: Unread.MISSING,
        errno.EACCES: Unread.DENIED,
        errno.EPERM: Unread.DENIED,
        errno.ETIMEDOUT: Unread.TIMED_OUT,
        errno.EAGAIN: Unread.TIMED_OUT,
        errno.ENOSYS: Unread.UNSUPPORTED,
        errno.EOPNOTSUPP: Unread.UNSUPPORTED,
        errno.EINVAL: Unread.UNSUPPORTED,
    }
)


def why(error: OSError) -> Unread:
    """The unknown for `error`: by its number (errno(3)), and `garbled` for one that says neither
    that nothing is there, nor that it may not be read, nor that it took too long."""
    if isinstance(error, TimeoutError):
        return Unread.TIMED_OUT
    return _WHY.get(error.errno or 0, Unread.GARBLED)
