"""The wheel's library for this CPU: one build runs on every CPU, a quicker one on those of level x86-64-v3."""

from __future__ import annotations

import os
from collections.abc import Iterable

NAME = "libcloudcircuit.so"
V3 = "x86-64-v3"

# What the level asks for, as Linux calls it. The kernel leaves out what it has not enabled.
_NEEDED = frozenset("cx16 lahf_lm popcnt ssse3 sse4_1 sse4_2 xsave avx avx2 bmi1 bmi2 f16c fma abm movbe".split())


def is_v3(cpuinfo: Iterable[str]) -> bool:
    """Whether the first CPU in the lines of /proc/cpuinfo has the level."""
    for line in cpuinfo:
        name, _, features = line.partition(":")
        if name.strip() == "flags":
            return _NEEDED <= set(features.split())
    return False


def bundled(folder: str, cpuinfo: str = "/proc/cpuinfo") -> str | None:
    """The library in the package's folder that suits this CPU, or None if it came without one."""
    quicker = os.path.join(folder, V3, NAME)
    if os.path.exists(quicker):
        try:
            with open(cpuinfo) as lines:
                if is_v3(lines):
                    return quicker
        except OSError:
            pass
    plain = os.path.join(folder, NAME)
    return plain if os.path.exists(plain) else None
