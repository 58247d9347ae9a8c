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
    period: tuple[str, ...] = ("BillingPeriodStart",)
    """A date in the billing period that a row belongs to."""
    asked: frozenset[str] = frozenset()
    """Which of these were asked for by name: a bill without one is refused. With period a row counts in its billing
    period, not in the charge's own month."""


FORMATS = {
    "focus": Columns(),
    "aws-cur": Columns(
        cost=("lineItem/UnblendedCost",),
        date=("lineItem/UsageStartDate",),
        currency=("lineItem/CurrencyCode",),
        group_by=(("lineItem/UsageAccountId",),),
        service=("product/ProductName", "lineItem/ProductCode"),
        account=("lineItem/UsageAccountName", "lineItem/UsageAccountId"),
        effective=(),
        period=("bill/BillingPeriodStartDate",),
    ),
    "azure": Columns(
        cost=("CostInBillingCurrency", "PreTaxCost", "Cost"),
        date=("Date", "UsageDateTime", "UsageDate"),
        currency=("BillingCurrency", "BillingCurrencyCode", "Currency"),
        group_by=(("SubscriptionId", "SubscriptionGuid"),),
        service=("MeterCategory", "ConsumedService"),
        account=("SubscriptionName", "SubscriptionId", "SubscriptionGuid"),
        effective=(),
        period=("BillingPeriodStartDate",),
    ),
}


def chosen(preset: str, **own: str | None) -> Columns:
    """A preset with columns of one's own in place of its."""
    columns = FORMATS[preset]
    group_by = own.pop("group_by", None)
    named: dict[str, tuple[str, ...]] = {what: (name,) for what, name in own.items() if name}
    if group_by == "none":
        columns = replace(columns, group_by=())
    elif group_by is not None:
        names = group_by.split(",")
        if not all(names) or len(names) > 2:
            raise UsageError(f"--group-by: '{group_by}' is not one column or two")
        columns = replace(columns, group_by=tuple((name,) for name in names))
    return replace(columns, asked=frozenset(named), **named)  # type: ignore[arg-type]


def plain(name: str) -> str:
    """Billed_Cost, billedcost and BilledCost are one name."""
    return re.sub(r"[_/ -]", "", name.lower())


def cells_of(names: Sequence[str]) -> list[str]:
    """A header's cells as names: without byte order marks and blanks around them."""
    return [name.strip("\ufeff\u00ef\u00bb\u00bf \t\r\n") for name in names]


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
    for wanted, option in (
        (columns.cost, "--cost"),
        (columns.date, "--date"),
        *((one, "--group-by") for one in columns.group_by),
    ):
        if find(header, wanted, source) is None:
            near = [name for name in header if plain(name).endswith(plain(wanted[0])) and name]
            way = f"name yours with {option} {near[0] if near else 'COLUMN'}"
            way += ", or --group-by none" if option == "--group-by" else ""
            faults.append(f"no column {' or '.join(wanted)} ({way})")
    text = f"{source}: the header has {' and '.join(faults)}"
    others = [name for name, preset in FORMATS.items() if is_header(header, preset)]
    return BillError(text + (f"; it has the names of --format {others[0]}" if others and "--cost" in text else ""))
