"""The shared library: where it is, its structs and its functions, as cloudcircuit.h declares them.

ctypes, because it needs neither a compiler nor another package, and because a call that answers
with a result object costs the same through cffi: most of it is Python making the object.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import operator
import os
import sys
from collections.abc import Callable
from ctypes import POINTER, Structure
from typing import Any, NoReturn, SupportsIndex, TypeVar

from . import _cpu

ABI_VERSION = 0

Double, Address, Size = ctypes.c_double, ctypes.c_void_p, ctypes.c_size_t
Int32, UInt32, Int64, UInt64 = ctypes.c_int32, ctypes.c_uint32, ctypes.c_int64, ctypes.c_uint64


def _path() -> str:
    """The file that CLOUDCIRCUIT_LIBRARY names, else the one that came with this package, else the system's."""
    named = os.environ.get("CLOUDCIRCUIT_LIBRARY")
    if named:
        return named
    bundled = _cpu.bundled(os.path.dirname(__file__))
    if bundled:
        return bundled
    if sys.platform.startswith("linux"):
        return f"libcloudcircuit.so.{ABI_VERSION}"
    return ctypes.util.find_library("cloudcircuit") or "libcloudcircuit"


def _load() -> tuple[ctypes.PyDLL, ctypes.CDLL]:
    path = _path()
    try:
        quick, long = ctypes.PyDLL(path), ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(
            f"libcloudcircuit cannot be loaded ({error}); install it, or name its file in CLOUDCIRCUIT_LIBRARY"
        ) from error
    if not hasattr(long, "cloudcircuit_abi_version"):
        raise ImportError(f"{path} is not libcloudcircuit")
    long.cloudcircuit_abi_version.restype = UInt32
    found = long.cloudcircuit_abi_version()
    if found != ABI_VERSION:
        raise ImportError(f"{path} has ABI version {found}, this module needs {ABI_VERSION}")
    return quick, long


# A call through PyDLL keeps the interpreter's lock, one through CDLL lets other threads run: worth its price
# only where a call may take long, over series and columns.
QUICK, LONG = _load()


def function(library: ctypes.CDLL, name: str, *arguments: Any, restype: Any = Int32) -> Any:
    found = library[f"cloudcircuit_{name}"]
    found.argtypes = arguments
    found.restype = restype
    return found


class BudgetConfig(Structure):
    _fields_ = [("warning_ratio", Double)]


class BudgetResult(Structure):
    _fields_ = [
        ("current_spend", Double),
        ("budget_limit", Double),
        ("usage_ratio", Double),
        ("remaining_budget", Double),
        ("is_warning", UInt32),
        ("is_breached", UInt32),
    ]


class SpikeConfig(Structure):
    _fields_ = [("spike_multiplier", Double), ("min_baseline", Double)]


class SpikeResult(Structure):
    _fields_ = [
        ("latest_spend", Double),
        ("baseline_mean", Double),
        ("threshold", Double),
        ("is_spike", UInt32),
        ("points_used", UInt32),
    ]


class BreakerCounters(Structure):
    _fields_ = [
        ("consecutive_failures", Int64),
        ("failure_threshold", Int64),
        ("cooldown_steps_remaining", Int64),
    ]


class BreakerDecision(Structure):
    _fields_ = [("retry_after_steps", Int64), ("is_open", UInt32), ("allow_operation", UInt32)]


class BudgetConfigI64(Structure):
    _fields_ = [("warning_ppm", UInt32), ("reserved", UInt32)]


class BudgetResultI64(Structure):
    _fields_ = [
        ("current_spend", Int64),
        ("budget_limit", Int64),
        ("remaining_budget", Int64),
        ("usage_ppm", UInt64),
        ("is_warning", UInt32),
        ("is_breached", UInt32),
    ]


class SpikeConfigI64(Structure):
    _fields_ = [("spike_multiplier_ppm", UInt32), ("reserved", UInt32), ("min_baseline", Int64)]


class SpikeResultI64(Structure):
    _fields_ = [
        ("latest_spend", Int64),
        ("baseline_mean", Int64),
        ("threshold", Int64),
        ("is_spike", UInt32),
        ("points_used", UInt32),
    ]


version = function(QUICK, "version", restype=ctypes.c_char_p)
status_message = function(QUICK, "status_message", Int32, restype=ctypes.c_char_p)
status_name = function(QUICK, "status_name", Int32, restype=ctypes.c_char_p)


def _names(name: str, kind: Any) -> Callable[[int], str]:
    """The library's words for the constants of one kind."""
    found = function(QUICK, f"{name}_name", kind, restype=ctypes.c_char_p)
    return lambda number: str(found(number).decode())


action_name, reason_name, signal_name = _names("action", Int32), _names("reason", UInt32), _names("signal", UInt32)
phase_name, outcome_name, mode_name = _names("phase", Int32), _names("outcome", Int32), _names("mode", UInt32)
ledger_reason_name, rate_reason_name = _names("ledger_reason", Int32), _names("rate_reason", Int32)
verdict_name, detect_reason_name = _names("verdict", Int32), _names("detect_reason", Int32)

check_budget = function(QUICK, "check_budget", Double, Double, POINTER(BudgetConfig), POINTER(BudgetResult))
check_anomaly_spike = function(
    LONG, "check_anomaly_spike", Address, Size, POINTER(SpikeConfig), POINTER(SpikeResult)
)
evaluate_circuit_breaker = function(
    QUICK, "evaluate_circuit_breaker", POINTER(BreakerCounters), POINTER(BreakerDecision)
)

check_budget_i64 = function(
    QUICK, "check_budget_i64", Int64, Int64, POINTER(BudgetConfigI64), POINTER(BudgetResultI64)
)
check_anomaly_spike_i64 = function(
    LONG, "check_anomaly_spike_i64", Address, Size, POINTER(SpikeConfigI64), POINTER(SpikeResultI64)
)
money_from_double = function(QUICK, "money_from_double", Double, UInt32, POINTER(Int64))
money_to_double = function(QUICK, "money_to_double", Int64, UInt32, POINTER(Double))

budget_flags = function(QUICK, "budget_flags", Double, Double, Double, restype=UInt32)
budget_flags_i64 = function(QUICK, "budget_flags_i64", Int64, Int64, UInt32, restype=UInt32)
spike_flags = function(LONG, "spike_flags", Address, Size, Double, Double, restype=UInt32)
breaker_flags = function(QUICK, "breaker_flags", Int64, Int64, Int64, restype=UInt32)

check_budget_columns = function(
    LONG, "check_budget_columns", Address, Address, Size, POINTER(BudgetConfig), Address, Address, POINTER(Size)
)
check_budget_columns_i64 = function(
    LONG, "check_budget_columns_i64", Address, Address, Size, POINTER(BudgetConfigI64), Address, Address, POINTER(Size)
)
check_anomaly_spike_columns = function(
    LONG,
    "check_anomaly_spike_columns",
    Address,
    Size,
    Address,
    Size,
    POINTER(SpikeConfig),
    Address,
    Address,
    POINTER(Size),
)
_COLUMN = (Address, Address, Size)  # numbers, validity bitmap, its first bit
check_budget_columns_nullable = function(
    LONG,
    "check_budget_columns_nullable",
    *_COLUMN,
    *_COLUMN,
    Size,
    POINTER(BudgetConfig),
    Address,
    Address,
    POINTER(Size),
)
check_budget_columns_i64_nullable = function(
    LONG,
    "check_budget_columns_i64_nullable",
    *_COLUMN,
    *_COLUMN,
    Size,
    POINTER(BudgetConfigI64),
    Address,
    Address,
    POINTER(Size),
)
check_anomaly_spike_columns_nullable = function(
    LONG,
    "check_anomaly_spike_columns_nullable",
    *_COLUMN,
    Size,
    *_COLUMN,
    Size,
    POINTER(SpikeConfig),
    Address,
    Address,
    POINTER(Size),
)

_LIMITS: dict[Any, tuple[int, int]] = {
    Int32: (-(2**31), 2**31 - 1),
    UInt32: (0, 2**32 - 1),
    Int64: (-(2**63), 2**63 - 1),
    UInt64: (0, 2**64 - 1),
}


def integer(name: str, value: SupportsIndex, kind: Any = Int64) -> int:
    """The value as a whole number that fits: ctypes itself cuts one that does not, without a word."""
    number = operator.index(value)
    least, most = _LIMITS[kind]
    if least <= number <= most:
        return number
    raise ValueError(f"{name} must be {least} to {most}")


S = TypeVar("S", bound=Structure)


def filled(kind: type[S], source: object, **lacking: Any) -> S:
    """A struct with what `source` holds under the same names. `lacking` are the fields that it does not have."""
    values = []
    for name, limits in _fields(kind):
        if name in lacking:
            value = lacking[name]
        elif name == "reserved":
            value = 0
        else:
            value = getattr(source, name)
            if limits is not None:
                value = operator.index(value)
                if not limits[0] <= value <= limits[1]:
                    raise ValueError(f"{name} must be {limits[0]} to {limits[1]}")
        values.append(value)
    try:
        return kind(*values)
    except (TypeError, OverflowError) as unfit:
        fields = zip(_fields(kind), values)
        not_numbers(unfit, **{name: value for (name, limits), value in fields if limits is None})


@functools.cache
def _fields(kind: type[Structure]) -> list[tuple[str, tuple[int, int] | None]]:
    """The limits are those of an integer, None of a double."""
    return [(field[0], _LIMITS.get(field[1])) for field in kind._fields_]


def not_numbers(error: Exception, **arguments: object) -> NoReturn:
    """Says which argument it was that ctypes could not turn into a double."""
    for name, value in arguments.items():
        try:
            Double(value)  # type: ignore[arg-type]
        except OverflowError:
            raise ValueError(f"{name} must be finite") from None
        except TypeError:
            raise TypeError(f"{name} must be a number, not {type(value).__name__}") from None
    raise error
