"""What the module raises when the library refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _native

if TYPE_CHECKING:
    from .breaker import Permit
    from .ledger import LedgerDecision


class CloudcircuitError(ValueError):
    """The arguments broke a rule. The message names the argument and the rule.

    `status` is the library's number for it and `name` its constant in cloudcircuit.h,
    "CLOUDCIRCUIT_ERR_BUDGET_LIMIT" for one. Numbers keep their meaning for ever.
    """

    failed_at: int | None = None
    """Of a call on several ledgers: the place of the one that the error is about, from 0."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
        self.name: str = _native.status_name(status).decode()

    def __str__(self) -> str:
        message: str = _native.status_message(self.status).decode()
        return message


class StalePermitError(CloudcircuitError):
    """A permit is from an earlier phase of its breaker, or was reported already.

    Expected under concurrency: the breaker moved on without the call, and there is nothing to do.
    """


class CorruptStateError(CloudcircuitError):
    """A stored state is not one that the library wrote, whole and unchanged."""


class HoldSpentError(CloudcircuitError):
    """A hold was settled, released, posted or extended before, or was refused.

    Expected when a request is repeated: what it cost is booked already.
    """


class RefusedError(Exception):
    """A safeguard does not let the call run. No mistake of the caller, so it is no `ValueError`."""

    def __init__(self, message: str, decision: Permit | LedgerDecision) -> None:
        super().__init__(message, decision)
        self.decision = decision
        """What the safeguard answered."""

    def __str__(self) -> str:
        return str(self.args[0])


_CLASSES: dict[int, type[CloudcircuitError]] = {
    3: CorruptStateError,
    324: StalePermitError,
    807: HoldSpentError,
}


def error(status: int) -> CloudcircuitError:
    """The exception for a status that is not OK."""
    return _CLASSES.get(status, CloudcircuitError)(status)
