"""What the module raises when the library refuses."""

from __future__ import annotations

from . import _native


class CloudcircuitError(ValueError):
    """The arguments broke a rule. The message names the argument and the rule.

    `status` is the library's number for it and `name` its constant in cloudcircuit.h,
    "CLOUDCIRCUIT_ERR_BUDGET_LIMIT" for one. Numbers keep their meaning for ever.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
        self.name: str = _native.status_name(status).decode()

    def __str__(self) -> str:
        message: str = _native.status_message(self.status).decode()
        return message


class StalePermitError(CloudcircuitError):
    """A permit is from an earlier phase of its breaker, or was reported already.

    Part of life, not a fault: the breaker moved on without the call.
    """


class CorruptStateError(CloudcircuitError):
    """A stored state is not one that the library wrote, whole and unchanged."""


_CLASSES: dict[int, type[CloudcircuitError]] = {3: CorruptStateError, 324: StalePermitError}


def error(status: int) -> CloudcircuitError:
    """The exception for a status that is not OK."""
    return _CLASSES.get(status, CloudcircuitError)(status)
