"""Which column of a bill holds what: presets for the exports of the large clouds, and names of one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .errors import BillError, UsageError


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns. Where several are listed, the first that the bill has is taken."""

    cost: tuple[str, ...] = ("BilledCost",)
    date: tuple[str, ...] = ("ChargePeriodStart",)
    currency: tuple[str, ...] = ("BillingCurrency",)
    group_by: tuple[tuple[str, ...], ...] = (("SubAccountId",),)
    """One entry for each column that names the group; none for the whole bill."""
    service: tuple[str, ...] = ("ServiceName",)
    account: tuple[str, ...] = ("SubAccountName", "SubAccountId")
    effective: tuple[str, ...] = ("EffectiveCost",)
    period: tuple[str, ...] = ()
    """A date in the billing period that a row belongs to; without it the charge's own month."""
    needs_group: bool = False
    """Whether a bill without the group's columns is an error: they were asked for by name."""


FORMATS = {
    "focus": Columns(),
    "aws-cur": Columns(
        cost=("lineItem/UnblendedCost",),
        date=("lineItem/UsageStartDate",),
        currency=("lineItem/CurrencyCode",),
        group_by=(("lineItem/UsageAccountId",),),
        service=("product/ProductName", "lineItem/ProductCode"),
        account=("lineItem/UsageAccountName", "lineItem/UsageAccountId"),
        effective=("reservation/EffectiveCost",),
    ),
    "azure": Columns(
        cost=("CostInBillingCurrency", "PreTaxCost", "Cost"),
        date=("Date", "UsageDateTime", "UsageDate"),
        currency=("BillingCurrencyCode", "BillingCurrency", "Currency"),
        group_by=(("SubscriptionId", "SubscriptionGuid"),),
        service=("MeterCategory", "ServiceName", "ConsumedService"),
        account=("SubscriptionName", "SubscriptionId", "SubscriptionGuid"),
        effective=(),
    ),
}


def chosen(preset: str, **own: str | None) -> Columns:
    """A preset with columns of one's own in place of its."""
    columns = FORMATS[preset]
    group_by = own.pop("group_by", None)
    named = {what: (name,) for what, name in own.items() if name}
    if group_by == "none":
        columns = replace(columns, group_by=())
    elif group_by is not None:
        names = group_by.split(",")
        if not all(names):
            raise UsageError("--group-by needs the names of columns, separated by commas, or none")
        columns = replace(columns, group_by=tuple((name,) for name in names), needs_group=True)
    return replace(columns, **named)


def plain(name: str) -> str:
    """Billed_Cost, billedcost and BilledCost are one name."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def cells_of(names: Sequence[str]) -> list[str]:
    """A header's cells as names: without byte order marks and blanks around them."""
    return [name.strip("\ufeff \t\r\n") for name in names]


def find(header: Sequence[str], names: tuple[str, ...], source: str) -> int | None:
    """Where the first of the names stands; None where no column has one of them."""
    for name in names:
        if header.count(name) > 1:
            raise BillError(f"{source}: there are two columns {name}")
        if name in header:
            return header.index(name)
        alike = [index for index, one in enumerate(header) if plain(one) == plain(name)]
        if len(alike) > 1:
            raise BillError(f"{source}: {' and '.join(header[index] for index in alike)} could both be {name}")
        if alike:
            return alike[0]
    return None


def is_header(cells: Sequence[str], columns: Columns) -> bool:
    names = {plain(cell) for cell in cells}
    return all(any(plain(name) in names for name in wanted) for wanted in (columns.cost, columns.date))


def missing(header: Sequence[str], columns: Columns, source: str) -> BillError:
    """What to say of a bill whose header has not the columns that are needed."""
    faults = []
    for wanted, option in ((columns.cost, "--cost"), (columns.date, "--date")):
        if find(header, wanted, source) is None:
            near = [name for name in header if plain(name).endswith(plain(wanted[0])) and name]
            hint = f"{option} {near[0]}" if near else f"{option} COLUMN"
            faults.append(f"no column {' or '.join(wanted)} (name yours with {hint}, or choose a --format)")
    return BillError(f"{source}: the header has {' and '.join(faults)}")
