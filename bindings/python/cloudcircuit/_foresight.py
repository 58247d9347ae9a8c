"""Structs and functions of detection and forecast, as cloudcircuit.h declares them."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure

from ._native import LONG, QUICK, Address, Double, Int32, Int64, Size, UInt32, UInt64, function

TIME_UNKNOWN = -(2**63)


class DetectConfig(Structure):
    _fields_ = [
        ("season_length", UInt32),
        ("window", UInt32),
        ("lag_points", UInt32),
        ("negative_points", UInt32),
        ("score_threshold", Double),
        ("min_impact", Double),
        ("min_relative_impact", Double),
        ("min_baseline", Double),
        ("start_time", Int64),
        ("step", Int64),
    ]


class DetectResult(Structure):
    _fields_ = [
        ("latest_spend", Double),
        ("expected_spend", Double),
        ("upper_bound", Double),
        ("excess", Double),
        ("score", Double),
        ("leak_score", Double),
        ("drop_score", Double),
        ("points_used", UInt32),
        ("verdict", Int32),
        ("reason", Int32),
        ("is_leak", UInt32),
        ("is_drop", UInt32),
        ("reserved", UInt32),
    ]


class SpikeTrackerState(Structure):
    _fields_ = [
        ("layout", UInt32),
        ("reserved", UInt32),
        ("revision", UInt64),
        ("config", DetectConfig),
        ("windows", UInt64 * 693),
    ]


class ForecastConfig(Structure):
    _fields_ = [
        ("season_length", UInt32),
        ("lag_points", UInt32),
        ("negative_points", UInt32),
        ("reserved", UInt32),
        ("start_time", Int64),
        ("step", Int64),
    ]


class ForecastResult(Structure):
    _fields_ = [
        ("spend_to_date", Double),
        ("forecast_spend", Double),
        ("lower_bound", Double),
        ("upper_bound", Double),
        ("forecast_ratio", Double),
        ("burn_rate", Double),
        ("exhaustion_point", Int64),
        ("is_forecast_breached", UInt32),
        ("verdict", Int32),
    ]


detect_spike = function(LONG, "detect_spike", Address, Size, POINTER(DetectConfig), POINTER(DetectResult))
scan_spikes = function(LONG, "scan_spikes", Address, Size, POINTER(DetectConfig), Address, Address, Address)
detect_spike_columns = function(
    LONG,
    "detect_spike_columns",
    Address,
    Size,
    Address,
    Size,
    POINTER(DetectConfig),
    Address,
    Address,
    POINTER(Size),
)

_TRACKER = POINTER(SpikeTrackerState)
spike_tracker_init = function(QUICK, "spike_tracker_init", POINTER(DetectConfig), _TRACKER)
spike_tracker_update = function(QUICK, "spike_tracker_update", _TRACKER, Double, POINTER(DetectResult))
spike_tracker_state_encode = function(QUICK, "spike_tracker_state_encode", _TRACKER, Address, Size)
spike_tracker_state_decode = function(QUICK, "spike_tracker_state_decode", ctypes.c_char_p, Size, _TRACKER)

forecast_budget = function(
    LONG,
    "forecast_budget",
    Address,
    Size,
    Address,
    Size,
    Size,
    Double,
    POINTER(ForecastConfig),
    POINTER(ForecastResult),
)
forecast_budget_columns = function(
    LONG,
    "forecast_budget_columns",
    Address,
    Size,
    Address,
    Address,
    Address,
    Address,
    Address,
    Size,
    POINTER(ForecastConfig),
    Address,
    Address,
    POINTER(Size),
)
