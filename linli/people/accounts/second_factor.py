"""Codes from a telephone (TOTP, RFC 6238) and recovery codes. No database here.

The secret is stored sealed, bound to its account. A recovery code has 120 random bits, so a plain digest of it tells
nothing (ASVS 5.0, 6.5.2).
"""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote

import pyotp
import segno

from linli.base.crypto import open_bytes, ring, seal_bytes

ISSUER = "Linli 邻里"
STEP_SECONDS = 30
RECOVERY_CODES = 10
_GROUPS, _GROUP = 6, 4


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return pyotp.random_base32(32)


def seal(secret: str, account_id: int) -> str:
    """The secret as it may be stored: useless without the key ring and for any other account."""
    return base64.b64encode(seal_bytes(ring(), secret.encode(), _context(account_id))).decode()


def unseal(sealed: str, account_id: int) -> str:
    """Raises SealBroken when it was changed or belongs to another account."""
    return open_bytes(ring(), base64.b64decode(sealed), _context(account_id)).decode()


def _context(account_id: int) -> str:
    return f"accounts.account.totp_secret:{account_id}"


def step_of(secret: str, code: str, seconds: float, after: int) -> int | None:
    """The time step this code belongs to, one step early or late allowed; None when it is wrong or not later than
    `after`.

    seconds: Unix time. after: the last step that was used, for a code works once.
    """
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    maker = pyotp.TOTP(secret)
    middle = int(seconds) // STEP_SECONDS
    right = [step for step in (middle - 1, middle, middle + 1) if hmac.compare_digest(maker.generate_otp(step), digits)]
    return next((step for step in right if step > after), None)


def uri(secret: str, login: str) -> str:
    """What the QR code says, in the form that authenticator apps read."""
    return f"otpauth://totp/{quote(ISSUER)}:{quote(login)}?secret={secret}&issuer={quote(ISSUER)}"


def picture(text: str) -> str:
    """A QR code as a data URI for `<img src>`."""
    return str(segno.make(text, error="m").svg_data_uri(scale=4, border=2, light="#fff"))


def new_recovery_codes() -> list[str]:
    """Codes to be written down, such as `K7MQ-...`; letters and digits that cannot be mistaken for each other."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return [
        "-".join("".join(secrets.choice(letters) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]


def digest(code: str, account_id: int) -> str:
    """What is kept of a recovery code."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"linli.recovery:{account_id}:{plain}".encode()).hexdigest()
