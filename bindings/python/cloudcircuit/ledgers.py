"""One request under several ledgers, for example of a user, a team and a model: all take part, or none does.

    holds, decisions, refused_by = ledgers.reserve([user, team], [500, 500], now=clock())
    if refused_by is None:
        cost = run()
        ledgers.settle([user, team], holds, [cost, cost], now=clock())

At most 16 ledgers, each once. An argument of None leaves its ledger out, so that its decision only says where it
stands. All states and holds belong into one transaction. A call that raises changes nothing; the error's
`failed_at` is the place of the ledger that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from . import _states
from ._native import Int64, UInt32, integer
from .errors import error
from .ledger import Hold, Ledger, LedgerDecision, decision_of, hold_of, native_hold, update

NOT_ASKED = -(2**63)
NO_LEDGER = 2**32 - 1


def reserve(
    ledgers: Sequence[Ledger], estimates: Sequence[int | None], now: int
) -> tuple[list[Hold | None], list[LedgerDecision], int | None]:
    """Holds an estimate on each ledger, or on none.

    Answers the holds, which are None where nothing is held, the decisions, and the place of the first ledger that
    refuses, None when none does.
    """
    holds = (_states.LedgerHold * len(ledgers))()
    amounts = _amounts("estimates", estimates, len(ledgers))
    decisions, refused_by = _call(_states.ledgers_reserve, ledgers, now, amounts, then=[holds])
    return [hold_of(hold) if hold.id else None for hold in holds], decisions, refused_by


def extend(
    ledgers: Sequence[Ledger], holds: Sequence[Hold | None], mores: Sequence[int | None], now: int
) -> tuple[list[LedgerDecision], int | None]:
    """Asks for more on each hold, or on none; answers the decisions, and who refuses as `reserve` does."""
    return _on_holds(_states.ledgers_extend, ledgers, holds, now, _amounts("mores", mores, len(ledgers)))


def settle(
    ledgers: Sequence[Ledger], holds: Sequence[Hold | None], actuals: Sequence[int | None], now: int
) -> list[LedgerDecision]:
    """Books what a request cost on each ledger, or raises and books it on none."""
    return _on_holds(_states.ledgers_settle, ledgers, holds, now, _amounts("actuals", actuals, len(ledgers)))[0]


def release(ledgers: Sequence[Ledger], holds: Sequence[Hold | None], now: int) -> list[LedgerDecision]:
    """Lets all holds of a request go that did not run."""
    return _on_holds(_states.ledgers_release, ledgers, holds, now)[0]


def record(ledgers: Sequence[Ledger], amounts: Sequence[int | None], now: int) -> list[LedgerDecision]:
    """Books spend that was not held on each ledger, or raises and books it on none."""
    return _call(_states.ledgers_record, ledgers, now, _amounts("amounts", amounts, len(ledgers)))[0]


def roll(ledgers: Sequence[Ledger], periods: Sequence[int | None], now: int) -> list[LedgerDecision]:
    """Moves each ledger to a later period, or raises and moves none."""
    own = [ledger.period if period is None else period for ledger, period in zip(ledgers, periods)]
    _same_length("periods", periods, len(ledgers))
    return _call(_states.ledgers_roll, ledgers, now, _amounts("periods", own, len(ledgers)))[0]


def _same_length(name: str, arguments: Sequence[object], count: int) -> None:
    if len(arguments) != count:
        raise ValueError(f"{name} must have one item for each of {count} ledgers")


def _amounts(name: str, amounts: Sequence[int | None], count: int) -> Any:
    _same_length(name, amounts, count)
    return (Int64 * count)(*[NOT_ASKED if one is None else integer(name, one) for one in amounts])


def _on_holds(
    function: Any, ledgers: Sequence[Ledger], holds: Sequence[Hold | None], now: int, *amounts: Any
) -> tuple[list[LedgerDecision], int | None]:
    _same_length("holds", holds, len(ledgers))
    held = (_states.LedgerHold * len(ledgers))(
        *[native_hold(hold) if hold else _states.LedgerHold() for hold in holds]
    )
    found = _call(function, ledgers, now, held, *amounts)
    for hold, one in zip(holds, held):
        if hold:
            update(hold, one)
    return found


def _call(
    function: Any, ledgers: Sequence[Ledger], now: int, *arguments: Any, then: Iterable[Any] = ()
) -> tuple[list[LedgerDecision], int | None]:
    """The library works on copies in arrays; the ledgers take them over when it has answered."""
    count = len(ledgers)
    configs = (_states.LedgerConfig * count)(*[ledger._native_config for ledger in ledgers])
    states = (_states.LedgerState * count)(*[ledger._state for ledger in ledgers])
    decisions, place = (_states.LedgerDecision * count)(), UInt32()
    status = function(configs, states, *arguments, count, integer("now", now), *then, decisions, place)
    failed_at = None if place.value == NO_LEDGER else place.value
    if status:
        refused = error(status)
        refused.failed_at = failed_at
        raise refused
    for ledger, state in zip(ledgers, states):
        ledger._state = _states.LedgerState.from_buffer_copy(state)
    return [decision_of(decision) for decision in decisions], failed_at
