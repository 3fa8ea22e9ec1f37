"""What must be forgettable lies beside the history, which has a digest of it: salted, so that nobody can guess from it.

Without the salt the digest tells nothing any more, and stays what it was in every proof.
"""

import hashlib
import secrets

SALT_BYTES = 16


def sealed(value: bytes) -> tuple[bytes, str]:
    """A new salt, to be kept with the value, and the digest for the history."""
    salt = secrets.token_bytes(SALT_BYTES)
    return salt, hashlib.sha256(salt + value).hexdigest()
