"""Slowing down whoever asks too often: fixed windows counted in the database, by all worker processes together.

    TRACK = Limit("portal.track", times=20, seconds=900)
    spend(TRACK, address(request))          # counts; raises TooMany beyond the limit, answered 429 by the middleware
    left(TRACK, number)                     # only looks
    note(TRACK, number)                     # only counts

Counters are kept under a keyed hash: neither addresses nor case numbers can be read from the table.
"""

from linli.base.throttle.counting import TooMany, address, left, note, refusal, spend
from linli.base.throttle.rules import Limit

__all__ = ["Limit", "TooMany", "address", "left", "note", "refusal", "spend"]
