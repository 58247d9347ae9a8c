"""Loads the columns that a report needs into the table `raw`, as text: DuckDB reads, nothing is converted yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .columns import Columns, find, missing, plain
from .errors import BillError
from .sources import MARKS, Source, line_of, lines_at, row_count

if TYPE_CHECKING:
    from .bill import Bill

SPARE = 8
"""Columns read past the header's, so that a row with too many cells is seen."""
LINE_BYTES = 16 << 20
NO_TEXT = "\x01no text\x01"
"""Stands for NULL in a CSV file, where an empty cell must stay apart from one that is not there."""

_TABLE = """CREATE TABLE raw (file INTEGER, row BIGINT, cost VARCHAR, date VARCHAR, period VARCHAR,
    currency VARCHAR, name VARCHAR, service VARCHAR, account VARCHAR, effective VARCHAR, shape VARCHAR)"""

_PLAIN_COST = "lower(regexp_replace(trim(cost, ' \t'), '[_/ -]', '', 'g'))"
"""As `plain` makes it of a column's name."""

ESCAPES = ('"', "\\")


def load(bill: Bill, sources: list[Source], columns: Columns) -> dict[int, dict[int, str]]:
    """Fills `raw`. Returns what DuckDB could not read: line and reason by file."""
    bill.ask(_TABLE)
    repeated = 0
    rejected: dict[int, dict[int, str]] = {}
    for index, source in enumerate(sources):
        if source.kind == "parquet":
            _parquet(bill, index, source, columns)
            rejected[index] = {}
        else:
            rejected[index], again = _csv(bill, index, source, columns)
            repeated += again
    if repeated:
        bill.notes.append(f"{repeated:,} repeated header{'s' if repeated > 1 else ''} skipped")
    return rejected


def _places(bill: Bill, header: list[str], columns: Columns, source: str) -> dict[str, Any]:
    """Where each column stands in a header; for the names of groups and accounts a list."""
    places: dict[str, Any] = {
        what: find(header, names, source)
        for what, names in (
            ("cost", columns.cost),
            ("date", columns.date),
            ("currency", columns.currency),
            ("service", columns.service),
            ("effective", columns.effective),
            ("period", columns.period),
        )
    }
    places["name"] = [find(header, names, source) for names in columns.group_by]
    if None in (places["cost"], places["date"], *places["name"]):
        raise missing(header, columns, source)
    for what in ("currency", "period", "service", "effective"):
        if places[what] is None and what in columns.asked:
            raise BillError(f"{source}: the header has no column {getattr(columns, what)[0]}")
    accounts = [find(header, (name,), source) for name in columns.account]
    places["account"] = [place for place in accounts if place is not None]
    if places["effective"] == places["cost"]:
        places["effective"] = None
    bill.has |= {what for what in ("name", "service", "account", "effective") if places[what] not in (None, [])}
    return places


def _selected(places: dict[str, Any], cell: Any) -> str:
    """The columns of `raw` from cost on, without `shape`; `cell` writes one."""

    def named(place: int | None) -> str:
        return (
            "NULL"
            if place is None
            else f"CASE WHEN {cell(place)} IN ('NULL', 'null') THEN '' ELSE {cell(place)} END"
        )

    def one(what: str) -> str:
        return "NULL" if places[what] is None else cell(places[what])

    groups = [f"coalesce({named(place)}, '')" for place in places["name"]] or ["''"]
    accounts = [f"nullif({named(place)}, '')" for place in places["account"]]
    return ", ".join(
        [
            f"coalesce({one('cost')}, '')",
            f"coalesce({one('date')}, '')",
            one("period"),
            named(places["currency"]),
            " || ' / ' || ".join(groups),
            f"coalesce({named(places['service'])}, '')",
            f"coalesce({', '.join([*accounts, chr(39) * 2])})",
            one("effective"),
        ]
    )


def _parquet(bill: Bill, index: int, source: Source, columns: Columns) -> None:
    described = bill.ask(
        "SELECT name FROM parquet_schema(?) WHERE num_children IS NULL OR num_children = 0", source.path
    )
    known = bill.ask("DESCRIBE SELECT * FROM read_parquet(?)", source.path)
    header = [row[0] for row in known] if described else []
    places = _places(bill, header, columns, source.name)
    selected = _selected(places, lambda place: '"' + header[place].replace('"', '""') + '"::VARCHAR')
    bill.ask(
        f"INSERT INTO raw SELECT {index}, file_row_number, {selected}, NULL"
        " FROM read_parquet(?, file_row_number = true)",
        source.path,
    )


def _csv(bill: Bill, index: int, source: Source, columns: Columns) -> tuple[dict[int, str], int]:
    """What could not be read, and how often the header stood again inside."""
    places = _places(bill, source.header, columns, source.name)
    _read(bill, index, source, places)
    rejects = _rejects(bill, source)
    cost = plain(source.header[places["cost"]])
    if bill.ask(f"SELECT count(*) FROM raw WHERE file = ? AND row = 0 AND {_PLAIN_COST} = ?", index, cost) == [(0,)]:
        raise BillError(
            f"{source.name}:{source.skipped + 1}: the header cannot be read: text after a closing quote"
        )
    _refuse_lost_rows(bill, index, source, set(rejects))
    ((moved,),) = bill.ask(
        f"SELECT min(row) FROM raw WHERE file = ? AND shape = 'moved' AND {_PLAIN_COST} != ?", index, cost
    )
    if moved is not None:
        line = line_of(source, moved, set(rejects))
        raise BillError(f"{source.name}:{line}: another header begins here, with its columns in another order")
    ((again,),) = bill.ask(
        f"SELECT count(*) FROM raw WHERE file = ? AND row > 0 AND {_PLAIN_COST} = ?", index, cost
    )
    bill.ask(
        f"DELETE FROM raw WHERE file = ? AND (row = 0 OR shape = 'blank' OR {_PLAIN_COST} = ?)", index, cost
    )
    return rejects, again


def _read(bill: Bill, index: int, source: Source, places: dict[str, Any]) -> None:
    """By the escape that leaves fewer rows out: a quote, or the backslash of JSON put between quotes as it is."""
    from duckdb import InvalidInputException

    try:
        counts = []
        for escape in ESCAPES:
            bill.ask("DELETE FROM raw WHERE file = ?", index)
            _insert(bill, index, source, places, escape)
            counts.append(bill.ask("SELECT count(DISTINCT line_byte_position) FROM reject_errors")[0][0])
            if not counts[-1]:
                return
        if counts[0] <= counts[1]:
            bill.ask("DELETE FROM raw WHERE file = ?", index)
            _insert(bill, index, source, places, ESCAPES[0])
    except InvalidInputException as error:
        reason = str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
        raise BillError(f"{source.name}: cannot be read as CSV: {reason}") from None


def _insert(bill: Bill, index: int, source: Source, places: dict[str, Any], escape: str) -> None:
    width = len(source.header)
    types = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(width + SPARE))
    extra = " || ".join(f"coalesce(c{at}, '')" for at in range(width, width + SPARE))
    cells = _sum([f"(c{at} IS NOT NULL)::INT" for at in range(width + SPARE)])
    shape = (
        f"CASE WHEN c{width - 1} IS NULL AND trim(coalesce(c0, ''), ' \t\ufeff') = '' AND {cells} <= 1 THEN 'blank'"
        f" WHEN ? IN ({', '.join(f'c{at}' for at in range(width))}) THEN 'moved'"
        f" WHEN c{width - 1} IS NULL OR {extra} != '' THEN {cells} || ' cells where the header has {width}' END"
    )
    # DuckDB takes one byte order mark off. After a second one it sees no quotes.
    marks, inside = f"""'^(?:{'|'.join(MARKS)})+(?:"(.*)")?'""", r"'\1'"
    for table in ("reject_errors", "reject_scans"):
        bill.ask(f"DROP TABLE IF EXISTS {table}")
    bill.ask(
        f"INSERT INTO raw SELECT {index}, row_number() OVER () - 1,"
        f" {_selected(places, lambda place: f'regexp_replace(c{place}, {marks}, {inside})')}, {shape}"
        f" FROM read_csv(?, columns = {{{types}}}, auto_detect = false, header = false, delim = ?, quote = '\"',"
        f" escape = ?, strict_mode = true, null_padding = true, parallel = false, max_line_size = {LINE_BYTES},"
        f" nullstr = ?, compression = ?, skip = {source.skipped}, store_rejects = true, rejects_limit = 0)",
        source.header[places["cost"]],
        source.path,
        source.delimiter,
        escape,
        NO_TEXT,
        "gzip" if source.is_gzip else "none",
    )


def _sum(parts: list[str]) -> str:
    """Of any number of parts, without going deep."""
    half = len(parts) // 2
    return parts[0] if half == 0 else f"({_sum(parts[:half])} + {_sum(parts[half:])})"


def _rejects(bill: Bill, source: Source) -> dict[int, str]:
    """By line. DuckDB's own line leaves blank lines out, its position does not."""
    words = {
        "UNQUOTED VALUE": "text after a closing quote",
        "TOO MANY COLUMNS": "far more cells than the header has",
        "LINE SIZE OVER MAXIMUM": "a line that is too long",
    }
    found = bill.ask(
        "SELECT line_byte_position, first(error_type::VARCHAR) FROM reject_errors GROUP BY 1 ORDER BY 1"
    )
    lines = lines_at(source, [position for position, _ in found])
    return {line: words.get(kind, str(kind).lower()) for line, (_, kind) in zip(lines, found)}


def _refuse_lost_rows(bill: Bill, index: int, source: Source, rejects: set[int]) -> None:
    """A quote that is never closed takes in rows of which DuckDB says nothing. Where quotes look wrong, the rows must be
    as many as the lines that begin one."""
    ((rows, short),) = bill.ask(
        "SELECT count(*), count(*) FILTER (shape NOT IN ('blank', 'moved')) FROM raw WHERE file = ?", index
    )
    if source.quotes and (source.quotes % 2 or rejects or short):
        begun, is_open = row_count(source, rejects)
        if is_open or begun != rows:
            raise BillError(f"{source.name}: a quote is never closed, or stands where it has no meaning")
