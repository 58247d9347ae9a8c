"""How the detector and the forecast read a series."""

from __future__ import annotations

import calendar
from datetime import date
from enum import IntEnum

from . import _foresight
from ._native import integer


class NegativePoints(IntEnum):
    """What a negative point means, for example a credit."""

    ERROR = 0
    """It is an error."""
    MISSING = 1
    """It counts as missing."""
    ZERO = 2
    """It counts as 0."""

    @property
    def word(self) -> str:
        """As the records write it: "missing"."""
        return self.name.lower()


def native_time(start_time: int | date | None) -> int:
    """The time of the first point as the library takes it."""
    if start_time is None:
        return _foresight.TIME_UNKNOWN
    if isinstance(start_time, date):
        return calendar.timegm(start_time.timetuple())
    return integer("start_time", start_time)
