"""The keys of readout codes, kept so that a copy of the database opens none of them: see
`precheck.contract.readout`, which also says why this little is enough."""

import hashlib
import secrets

from django.utils.crypto import salted_hmac

from precheck.contract.readout import readout_key

_NONCE = 16
_PURPOSE = "precheck.endpoint readout key"


def sealed_key_of(code: str) -> bytes:
    """The readout key of the appointment with `code` (ten digits), as it is kept: a nonce, and the
    key under it."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _under(nonce, readout_key(code))


def opened_key(sealed: bytes) -> bytes | None:
    """The readout key in what `sealed_key_of` gave; None where none was kept."""
    nonce, hidden = sealed[:_NONCE], sealed[_NONCE:]
    return _under(nonce, hidden) if len(hidden) == hashlib.sha256().digest_size else None


def _under(nonce: bytes, key: bytes) -> bytes:
    pad = salted_hmac(_PURPOSE, nonce, algorithm="sha256").digest()
    return bytes(left ^ right for left, right in zip(key, pad, strict=True))
