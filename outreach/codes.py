"""The code of a seat as a picture: a scanner at the door reads the same four digits that a host types."""

import io

import segno

from conversations.messages import File

TYPE = "image/png"
_PIXELS = 12  # a square of the code, large enough for the screen of a phone


def picture(code: str) -> File:
    """A QR code (PNG) of the digits alone: it tells no name, no workshop and no address, and needs no network to be read."""
    out = io.BytesIO()
    segno.make(code, micro=False, error="m").save(out, kind="png", scale=_PIXELS, border=4)
    return File(f"code-{code}.png", TYPE, "", out.getvalue())
