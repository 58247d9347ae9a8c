"""Is a point far above what its series usually does at that time, or has spend crept up?

    found = detect_spike(daily_charges, DetectConfig(start_time=date(2024, 12, 1)))
    if found.is_spike:
        print(f"{found.excess:.2f} more than expected")

Looks at one point: `detect_spike`. At every point of a series, as on the day: `columns.scan_spikes`. At one point
at a time, without the series: `SpikeTracker`. The three find the same, to the bit. docs/DETECTION.md tells how.

A NaN is a missing point. A series too young is `Verdict.INSUFFICIENT_DATA`, never normal.
"""

from __future__ import annotations

from ctypes import ArgumentError
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from . import _foresight, _native
from ._buffers import points
from ._hosted import HostedState
from ._native import UInt32, integer, not_numbers
from ._timeline import NegativePoints, native_time
from .errors import error

if TYPE_CHECKING:
    from datetime import date

    from typing_extensions import Buffer

    from ._buffers import Series

ENCODED_LEN = 2292


class Verdict(IntEnum):
    """What a point is."""

    NORMAL = 1
    SPIKE = 2
    INSUFFICIENT_DATA = 3
    """Too little came before it, or it is missing itself: nothing was judged."""

    @property
    def word(self) -> str:
        """As the records write it: "insufficient_data"."""
        return _native.verdict_name(self)


class DetectReason(IntEnum):
    """What decided a verdict."""

    SCORE = 1
    """Normal: the score is not above the score_threshold."""
    ONE_POINT = 2
    """A spike: the point alone is above the score_threshold."""
    TWO_POINTS = 3
    """A spike: two points in a row are above 1 / 1.2 of it (hourly 1 / 1.4)."""
    THREE_POINTS = 4
    """A spike: three points in a row are above 1 / 3 of it (hourly 1 / 2)."""
    MIN_IMPACT = 5
    """Normal: the score is above the score_threshold, but the excess below `min_impact`."""
    MIN_RELATIVE_IMPACT = 6
    """Normal: the score is above the score_threshold, but the excess below `min_relative_impact`."""
    HISTORY = 7
    """Insufficient data: too few points came before."""
    MISSING = 8
    """Insufficient data: the point is missing."""
    RECURRING = 9
    """Normal: the score is above the score_threshold, but the like came before."""

    @property
    def word(self) -> str:
        """As the records write it: "two_points"."""
        return _native.detect_reason_name(self)


@dataclass(frozen=True, slots=True)
class DetectConfig:
    """What the series is and what is worth an alarm. The default is daily spend without dates."""

    season_length: int = 0
    """Points after which spend repeats its pattern, at most 240; 1 for none; 0 goes by `step`: weekdays for days,
    the hour and whether it is a weekend for hours, else none."""
    window: int = 0
    """Points looked back at, 14 to 480 and at least two seasons; 0 is 98, for seasons above 14 points 336."""
    lag_points: int = 0
    """Judges the point this many before the last, at most 480, for bills that fill up late."""
    score_threshold: float = 3.5
    """Robust deviations above the expected spend that make a spike, > 0."""
    min_impact: float = 0.0
    """The excess in money below which nothing is a spike or a leak."""
    min_relative_impact: float = 0.08
    """The excess as a share of the expected spend below which nothing is a spike."""
    min_baseline: float = 0.01
    """The expected spend is taken as at least this."""
    start_time: int | date | None = None
    """When the first point was: a date or datetime in the bill's own calendar (its zone is not looked at), or
    seconds since 1970-01-01. Without it the first days of each month look like spikes."""
    step: int = 86_400
    """Seconds between points, 1 to 2^31."""
    negative_points: NegativePoints = NegativePoints.ERROR
    """What a negative point means, for example a credit."""


DEFAULT_CONFIG = DetectConfig()


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found of one point. Without enough data the numbers are 0."""

    latest_spend: float
    """The point judged; 0 when it is missing."""
    expected_spend: float
    upper_bound: float
    """Spend above this is a spike."""
    excess: float
    """latest_spend - expected_spend; below 0 when less was spent."""
    score: float
    """The excess in robust deviations, two or three high points in a row counting for more."""
    leak_score: float
    """How far the whole last season lies above the line through those before, in robust deviations of a point."""
    points_used: int
    """Earlier points whose deviations the scale was measured on."""
    verdict: Verdict
    reason: DetectReason
    is_leak: bool
    """Spend has crept up for a season or more. Independent of the verdict."""
    drop_score: float
    """How far the point lies below all that its past explains, in robust deviations; 0 when it does not."""
    is_drop: bool
    """Far less was spent than usual: an outage, or a commitment that is not used. Independent of the verdict."""

    @property
    def is_spike(self) -> bool:
        """The verdict is a spike. False is no all-clear where the verdict is INSUFFICIENT_DATA."""
        return self.verdict is Verdict.SPIKE

    def to_json(self, config: DetectConfig = DEFAULT_CONFIG) -> str:
        """The line of `records.detection`, for the settings that the call had."""
        from . import records

        return records.detection(self, config)


def detect_spike(spend_series: Series, config: DetectConfig = DEFAULT_CONFIG) -> Detection:
    """Judges the latest point of a series, or the one `lag_points` before it, by those before it alone.

    `spend_series` is spend in equal steps of time, oldest first, each point finite and >= 0, or NaN where it is
    missing; a step without spend is a 0. A buffer of doubles is not copied. What breaks a rule raises a
    `CloudcircuitError`.
    """
    _keep, start, count = points("spend_series", spend_series)
    result = _foresight.DetectResult()
    status = _foresight.detect_spike(start, count, native_config(config), result)
    if status:
        raise error(status)
    return _detection(result)


class SpikeTracker(HostedState):
    """The detector for hosts that keep no history: takes in one point at a time, and is stored as bytes.

    A call that raises leaves the state as it was. An object belongs to one thread at a time. `revision` is the
    number of points taken in.
    """

    __slots__ = ()
    _struct = _foresight.SpikeTrackerState
    _encode = _foresight.spike_tracker_state_encode
    _decode = _foresight.spike_tracker_state_decode
    _encoded_len = ENCODED_LEN

    def __init__(self, config: DetectConfig = DEFAULT_CONFIG) -> None:
        """A tracker that has seen no point. Its settings stay: seasons of up to 14 points and windows of up to 98,
        without `lag_points`."""
        self._state = _foresight.SpikeTrackerState()
        status = _foresight.spike_tracker_init(native_config(config), self._state)
        if status:
            raise error(status)

    @classmethod
    def decode(cls, data: Buffer) -> SpikeTracker:
        """The tracker that `encode` wrote. Bytes that are not as they were written raise `CorruptStateError`,
        too few or too many of them another `CloudcircuitError`."""
        tracker = cls.__new__(cls)
        tracker._state = cls._decoded(data)
        return tracker

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).decode, (self.encode(),)

    @property
    def config(self) -> DetectConfig:
        """The settings that it was started with; `start_time` as seconds."""
        found = self._state.config
        return DetectConfig(
            found.season_length,
            found.window,
            found.lag_points,
            found.score_threshold,
            found.min_impact,
            found.min_relative_impact,
            found.min_baseline,
            None if found.start_time == _foresight.TIME_UNKNOWN else found.start_time,
            found.step,
            NegativePoints(found.negative_points),
        )

    def update(self, spend: float) -> Detection:
        """Judges the next point and takes it in; call it for every step of time, with NaN when data are missing."""
        result = _foresight.DetectResult()
        try:
            status = _foresight.spike_tracker_update(self._state, spend, result)
        except (ArgumentError, OverflowError) as unfit:
            not_numbers(unfit, spend=spend)
        if status:
            raise error(status)
        return _detection(result)

    def __repr__(self) -> str:
        return f"<SpikeTracker of {self.revision} points>"


def native_config(config: DetectConfig) -> _foresight.DetectConfig:
    """The settings as the library takes them."""
    whole = {name: integer(name, getattr(config, name), UInt32) for name in _COUNTS}
    numbers = {name: getattr(config, name) for name in _NUMBERS}
    try:
        return _foresight.DetectConfig(
            **whole, **numbers, start_time=native_time(config.start_time), step=integer("step", config.step)
        )
    except (TypeError, OverflowError) as unfit:
        not_numbers(unfit, **numbers)


_COUNTS = ("season_length", "window", "lag_points", "negative_points")
_NUMBERS = ("score_threshold", "min_impact", "min_relative_impact", "min_baseline")


def _detection(found: _foresight.DetectResult) -> Detection:
    return Detection(
        found.latest_spend,
        found.expected_spend,
        found.upper_bound,
        found.excess,
        found.score,
        found.leak_score,
        found.points_used,
        Verdict(found.verdict),
        DetectReason(found.reason),
        found.is_leak == 1,
        found.drop_score,
        found.is_drop == 1,
    )
