#!/usr/bin/env python3
"""Drives both ends of every field in table.txt, and their neighbours, through every call of a built library that
takes the struct:

    drive.py LIBRARY [TABLE [DESCRIPTION]]

Which structs, fields and functions there are is from include/cloudcircuit.json, and so are the comments that the
table's words are compared with. A state goes through its encoded form, too. A field without a row, a struct without
a section and a call that the driver cannot make are faults. Prints the faults and what was driven.
"""
import ctypes
import json
import math
import re
import struct
import sys
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
TYPES = {
    "double": (ctypes.c_double, "d"), "int32_t": (ctypes.c_int32, "i"), "uint32_t": (ctypes.c_uint32, "I"),
    "int64_t": (ctypes.c_int64, "q"), "uint64_t": (ctypes.c_uint64, "Q"), "size_t": (ctypes.c_size_t, "Q"),
    "cloudcircuit_status": (ctypes.c_int32, "i"), "uint8_t": (ctypes.c_uint8, "B"),
}  # fmt: skip
# What a host passes to a call and keeps: its settings and its states.
IS_DRIVEN = re.compile(r"_(config|config_i64|state|counters|policy)$")
INVALID = 128
POINTS = 64

# Arguments next to the struct, by name; any other number is 0, any other column ones.
NUMBERS = {
    "now": 1000, "until": 2000, "period": 1, "ledger_id": 7, "outcome": 1, "forced_phase": 4, "spend": 1,
    "current_spend": 1, "budget_limit": 1000, "spend_series_len": POINTS, "spend_len": POINTS, "len": POINTS,
    "rows": 1, "count": 1, "history_len": 20, "elapsed": 10, "period_len": 30, "capacity": 1536,
    "retry_at": -(2**63), "taken_at": -(2**63), "warning_ratio": 0.9, "warning_ppm": 900000, "failure_threshold": 3,
    "spike_multiplier": 1.5,
}  # fmt: skip
COLUMNS = {
    "offsets": [0, POINTS], "start_time": None, "elapsed": [10], "period_len": [30], "budget_limit": [1000] * POINTS,
}  # fmt: skip


class Driver:
    def __init__(self, library, description):
        self.library = ctypes.CDLL(str(library))
        self.functions = description["functions"]
        self.fields = {s["name"]: s["fields"] for s in description["structs"]}
        self.structs = {}
        for one in description["structs"]:
            self.structs[one["name"]] = self.declare(one)
        self.statuses = {s["number"]: s["name"].removeprefix("CLOUDCIRCUIT_") for s in description["statuses"]}
        self.names = {
            "TINY": 5e-324, "DBL_MAX": sys.float_info.max, "INT64_MIN": -(2**63), "INT64_MAX": 2**63 - 1,
            "UINT32_MAX": 2**32 - 1, "UINT64_MAX": 2**64 - 1, "min": min,
        }  # fmt: skip
        constants = {c["name"].removeprefix("CLOUDCIRCUIT_"): c["value"] for c in description["constants"]}
        self.names |= constants
        self.faults = []
        self.calls = set()
        self.probes = 0

    def declare(self, one):
        fields = []
        for field in one["fields"]:
            kind = TYPES[field["type"]][0] if field["type"] in TYPES else self.structs[field["type"]]
            fields.append((field["name"], kind * field["length"] if "length" in field else kind))
        declared = type(one["name"], (ctypes.Structure,), {"_fields_": fields})
        assert ctypes.sizeof(declared) == one["size"], one["name"]
        return declared

    def fault(self, where, what):
        self.faults.append(f"{where}: {what}")

    def group(self, prefix):
        return [value for name, value in self.names.items() if name.startswith(prefix + "_")]

    # Values.

    def value(self, expression, x=0):
        return eval(expression, {}, {**self.names, "x": x})

    def place(self, value, field):
        """The struct or array that holds a field such as config.step or taken[3], and its key there."""
        path = re.findall(r"\w+", field)
        for key in path[:-1]:
            value = getattr(value, key)
        return value, path[-1]

    def get(self, value, field):
        holder, key = self.place(value, field)
        return holder[int(key)] if key.isdigit() else getattr(holder, key)

    def set(self, value, field, to):
        holder, key = self.place(value, field)
        if key.isdigit():
            holder[int(key)] = to
        else:
            setattr(holder, key, to)

    def type_of(self, struct_name, field):
        path = [part for part in re.findall(r"\w+", field) if not part.isdigit()]
        for part in path:
            found = next(f for f in self.fields[struct_name] if f["name"] == part)
            struct_name = found["type"]
        return found

    def base(self, struct_name, setters, x=0):
        """What the struct begins with, and the fields that a row or its section sets."""
        value = self.structs[struct_name]()
        if struct_name == "cloudcircuit_ledger_state":
            arguments = [ctypes.c_uint64(7), ctypes.c_int64(1), ctypes.c_int64(1000)]
        elif struct_name == "cloudcircuit_spike_tracker_state":
            arguments = [None]
        else:
            arguments = [ctypes.c_int64(1000)] if struct_name.endswith("_state") else []
        stem = struct_name.removesuffix("_state")
        init = next((n for n in (struct_name + "_init", stem + "_init") if hasattr(self.library, n)), None)
        if init:
            assert self.library[init](*arguments, ctypes.byref(value)) == 0, init
        for setter in setters:
            field, expression = setter.split("=", 1)
            self.set(value, field, self.value(expression, x))
        return value

    # Calls.

    def calls_of(self, struct_name):
        """Every function that reads the struct, and which of its arguments that is."""
        for function in self.functions:
            for index, argument in enumerate(function["arguments"]):
                is_made = function["name"].endswith(("_init", "_decode")) and "const" not in argument["type"]
                if re.fullmatch(rf"(const )?{struct_name} \*", argument["type"]) and not is_made:
                    yield function, index

    def flags_of(self, struct_name):
        """The functions that take the struct's settings as arguments and answer flags."""
        settings = [f["name"] for f in self.fields[struct_name]]
        for function in self.functions:
            arguments = [a["name"] for a in function["arguments"]]
            if function["name"].endswith(("_flags", "_flags_i64")) and set(settings) - {"reserved"} <= set(arguments):
                if function["name"].endswith("_i64") == struct_name.endswith("_i64"):
                    yield function

    def argument(self, argument, state):
        """What is passed for one argument next to the struct that is driven."""
        kind, name = argument["type"], argument["name"]
        if "*" not in kind:
            return TYPES[kind][0](NUMBERS.get(name, 0))
        pointed = kind.removeprefix("const ").removesuffix(" *")
        if pointed == "char":
            return ctypes.create_string_buffer(1536)
        if pointed in TYPES:
            is_output = not kind.startswith("const ")
            column = COLUMNS.get(name, None if name.endswith("_validity") else [1] * POINTS)
            if is_output:
                return (TYPES[pointed][0] * 4096)()
            return column and (TYPES[pointed][0] * len(column))(*column)
        if kind.startswith("const ") and pointed.endswith("_config") and pointed != "cloudcircuit_rate_limit_config":
            return None
        made = self.structs[pointed]()
        if pointed.endswith("_state"):
            made = self.base(pointed, [])
        elif pointed == "cloudcircuit_rate_limit_config":
            made.limit, made.duration = 100, 1000
        elif pointed == "cloudcircuit_signal":
            made.kind = 1
        elif pointed == "cloudcircuit_breaker_permit":
            made.generation, made.phase, made.allowed = state.generation if state else 1, 1, 1
        elif pointed == "cloudcircuit_ledger_hold":
            # Made by a reserve of 0, so that it is one of the state's.
            made.ledger_id, made.id, made.expires_at = 7, 1, 2**63 - 1
        return made

    def call(self, function, given):
        """Calls a function, its arguments by their place; the rest is made. Answers its status."""
        arguments = [None] * len(function["arguments"])
        state = next((v for v in given.values() if "_state" in type(v).__name__), None)
        for index, argument in enumerate(function["arguments"]):
            arguments[index] = given[index] if index in given else self.argument(argument, state)
        if any(isinstance(a, self.structs["cloudcircuit_ledger_hold"]) for a in arguments) and not state:
            # The hold is of this ledger.
            ledger = next(a for a in arguments if isinstance(a, self.structs["cloudcircuit_ledger_state"]))
            ledger.next_hold, ledger.revision = 2, 1
        for index, value in enumerate(arguments):
            if isinstance(value, ctypes.Structure):
                arguments[index] = ctypes.byref(value)
        call = self.library[function["name"]]
        call.restype = ctypes.c_uint32 if function["returns"] == "uint32_t" else ctypes.c_int32
        self.calls.add(function["name"])
        self.probes += 1
        return call(*arguments)

    def drive(self, where, struct_name, field, value, setters, expected, only):
        """Passes a struct with this field's value to every call that takes it."""
        for function, index in self.calls_of(struct_name):
            name = function["name"].removeprefix("cloudcircuit_")
            if only and function["name"] not in only:
                continue
            passed = self.base(struct_name, setters, value)
            self.set(passed, field, value)
            before = bytes(passed)
            if name.startswith("write_"):
                self.write(where, function, index, passed, field, value, expected)
                continue
            is_state = struct_name.endswith("_state")
            given = {index: passed}
            if name.endswith("state_encode"):
                size = self.encoded_len(struct_name)
                given |= {1: (ctypes.c_uint8 * size)(), 2: ctypes.c_size_t(size)}
            status = self.statuses.get(self.call(function, given))
            is_right = status == expected
            if expected == "OK":
                # What a state holds can refuse the call for another reason.
                is_right |= is_state and status != "ERR_CORRUPT_STATE"
                is_right |= name == "spike_tracker_init" and status == "ERR_TRACKER_SETTINGS" and not only
            if not is_right:
                self.fault(where, f"{name} with {field} = {value} answers {status}, not {expected}")
            if is_state and expected != "OK" and bytes(passed) != before:
                self.fault(where, f"{name} with {field} = {value} changes the state that it refuses")
        for function in () if only else self.flags_of(struct_name):
            arguments = [a["name"] for a in function["arguments"]]
            passed = self.base(struct_name, setters, value)
            self.set(passed, field, value)
            settings = {arguments.index(n): t(getattr(passed, n)) for n, t in passed._fields_ if n in arguments}
            is_refused = self.call(function, settings) & INVALID != 0
            if is_refused != (expected not in ("OK", "ERR_RESERVED")):
                self.fault(where, f"{function['name']} with {field} = {value} is not {expected}")

    def write(self, where, function, index, passed, field, value, expected):
        """The record of a refused call has the settings as they were passed."""
        buffer, length = ctypes.create_string_buffer(1536), ctypes.c_size_t()
        given = {0: ctypes.c_int32(1), index: passed, 2: None, 3: buffer, 5: (ctypes.c_size_t * 1)()}
        status = self.statuses.get(self.call(function, given))
        if status != "OK":
            return self.fault(where, f"{function['name']} answers {status}")
        record = json.loads(buffer.value)
        written = next(v for k, v in record.items() if k in ("config", "counters", "policy"))
        found = self.get_written(written, field)
        if found is None and isinstance(value, float) and not math.isfinite(value):
            return
        # A word stands for a constant, and an array of words for bits.
        is_word = isinstance(found, (str, list)) and not isinstance(value, float)
        if field.split("[")[0] != "reserved" and found != value and not is_word:
            self.fault(where, f"{function['name']} writes {found} for {field} = {value}, {expected}")

    def get_written(self, written, field):
        path = re.findall(r"\w+", field)
        for key in path:
            if key == "reserved":
                return None
            if key.isdigit() and int(key) >= len(written):
                return "not counted"
            written = written[int(key) if key.isdigit() else key]
        return written

    def encoded(self, where, struct_name, passed, expected):
        """The state's bytes with a right checksum: decoded as the calls judge it, and encoded to the same bytes."""
        encode, decode = (self.library[f"{stem_of(struct_name)}_{what}"] for what in ("encode", "decode"))
        flat = flat_bytes(passed, self.fields, struct_name)
        if "tracker" in struct_name:
            # Of the windows there is less in the bytes: what those of a new tracker have.
            raw = self.encode(self.base(struct_name, []), encode)
            flat = flat[:80] + raw[80:-4]
        raw = flat + struct.pack("<I", zlib.crc32(flat))
        decoded = self.structs[struct_name]()
        self.calls.add(decode.__name__)
        self.probes += 1
        status = self.statuses.get(decode(raw, ctypes.c_size_t(len(raw)), ctypes.byref(decoded)))
        if status != expected:
            self.fault(where, f"decoding answers {status}, not {expected}")
        elif expected == "OK" and self.encode(decoded, encode) != raw:
            self.fault(where, "the encoded form is not the fields in order with their CRC-32")

    def encode(self, state, encode):
        out = (ctypes.c_uint8 * self.encoded_len(type(state).__name__))()
        self.probes += 1
        return bytes(out) if encode(ctypes.byref(state), out, ctypes.c_size_t(len(out))) == 0 else None

    def encoded_len(self, struct_name):
        return self.names[struct_name.removeprefix("cloudcircuit_").removesuffix("_state").upper() + "_ENCODED_LEN"]


def stem_of(struct_name):
    return struct_name.removesuffix("_state") + "_state"


def flat_bytes(value, fields, struct_name):
    """The fields in order, little-endian."""
    flat = b""
    for field in fields[struct_name]:
        part = getattr(value, field["name"])
        if field["type"] in TYPES:
            parts = part if "length" in field else [part]
            flat += struct.pack(f"<{len(parts)}{TYPES[field['type']][1]}", *parts)
        else:
            flat += flat_bytes(part, fields, field["type"])
    return flat


def neighbours(kind, least, greatest):
    """The next value below and above, or None where the type has none."""
    if kind == "double":
        return [math.nextafter(least, -math.inf), math.nextafter(greatest, math.inf)]
    bits = int(re.search(r"\d+", kind)[0])
    lowest, highest = (0, 2**bits - 1) if kind.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return [least - 1 if least > lowest else None, greatest + 1 if greatest < highest else None]


NUMBER = r"(-?[0-9.]+(?:\^[0-9]+)?|CLOUDCIRCUIT_[A-Z0-9_]+|U?INT64_M(?:IN|AX)(?: - [0-9]+)?)"


def ends_in(driver, words, kind):
    """The ends that a comment's words name: a dictionary with least, greatest or both."""

    def number(text):
        if text.startswith("CLOUDCIRCUIT_"):
            return driver.names[text.removeprefix("CLOUDCIRCUIT_")]
        return driver.value(text.rstrip(".").replace("^", "**"))

    step = (lambda v, to: math.nextafter(v, to)) if kind == "double" else (lambda v, to: v + (1 if to > v else -1))
    ends = {}
    if "finite" in words:
        ends["greatest"] = sys.float_info.max
    for sign, text in re.findall(rf"(>=|>|<=|<|[Aa]t most|up to|at least|below) {NUMBER}", words):
        if sign in (">=", ">", "at least"):
            ends["least"] = step(number(text), math.inf) if sign == ">" else number(text)
        else:
            ends["greatest"] = step(number(text), -math.inf) if sign in ("<", "below") else number(text)
    if "either way" in words:
        ends["least"] = -ends["greatest"]
    if found := re.search(rf"{NUMBER} to {NUMBER}", words):
        ends = {"least": number(found[1]), "greatest": number(found[2])}
    elif found := re.search(r"a CLOUDCIRCUIT_(\w+) constant", words):
        ends = {"least": min(driver.group(found[1])), "greatest": max(driver.group(found[1]))}
    elif found := re.search(r"as CLOUDCIRCUIT_(\w+) bits", words):
        ends = {"least": 0, "greatest": sum(driver.group(found[1]))}
    elif found := re.search(r"(?:Always|Must be) (\w+)|[Ee]lse (0)\b|^(0)\b|^(CLOUDCIRCUIT_\w+_LAYOUT)", words):
        ends = {"least": number(next(filter(None, found.groups())))}
        ends["greatest"] = ends["least"]
    elif re.match(r"CLOUDCIRCUIT_\w+.* or CLOUDCIRCUIT_", words):
        named = [number(name) for name in re.findall(r"CLOUDCIRCUIT_[A-Z0-9_]+", words) if "not with" not in words]
        if named:
            ends = {"least": min(named), "greatest": max(named)}
    return ends


def check_words(driver, where, comment, words, kind, least, greatest):
    """The words are in the header's comment, and mean the row's ends."""
    plain = words.removeprefix("~")
    if " ".join(plain.split()) not in " ".join(comment.split()):
        return driver.fault(where, f'its comment does not say "{plain}": {comment}')
    if words.startswith("~"):
        return
    for end, value in ends_in(driver, plain, kind).items():
        if value != {"least": least, "greatest": greatest}[end]:
            driver.fault(where, f'its comment says "{plain}", which is not {least} to {greatest}')


def drive_row(driver, section, line, base):
    struct_name, _, only = section.partition(" in ")
    only = only and [f"{struct_name}_{name}" if name[0] == "_" else name for name in only.split()]
    field, span, statuses, words, *given = (part.strip() for part in line.split("|"))
    where = f"{struct_name}.{field}"
    described = driver.type_of(struct_name, field)
    kind = described["type"]
    if field.endswith("[*]"):
        # Every element, which has one value alone.
        name = field[:-3]
        for index, value in enumerate(getattr(driver.base(struct_name, base), name)):
            ends = [status if at is not None else "-" for status, at in zip(statuses.split(","), neighbours(kind, value, value))]
            drive_row(driver, section, f"{name}[{index}] | {value} .. {value} | {', '.join(ends)} | {words} |", base)
        return struct_name, name
    least, greatest = (driver.value(end) for end in span.split(".."))
    if kind == "double":
        least, greatest = float(least), float(greatest)
    check_words(driver, where, described["doc"], words, kind, least, greatest)
    setters = base + (given[0].split() if given else [])
    below, above = (status.strip() for status in statuses.split(","))
    values = [(least, "OK"), (greatest, "OK")]
    for value, status in zip(neighbours(kind, least, greatest), (below, above)):
        if (value is None) != (status == "-"):
            driver.fault(where, f"{span}: a neighbour has a status, and none has -")
        elif value is not None:
            values.append((value, f"ERR_{status}"))
    if kind == "double":
        values += [(math.nan, f"ERR_{below}"), (-math.inf, f"ERR_{below}"), (math.inf, f"ERR_{above}")]
        values += [(-0.0, "OK")] if least == 0 else []
    for value, expected in dict.fromkeys(values):
        driver.drive(where, struct_name, field, value, setters, expected, only)
        if struct_name.endswith("_state") and (not only or any(name.endswith("_decode") for name in only)):
            passed = driver.base(struct_name, setters, value)
            driver.set(passed, field, value)
            driver.encoded(where, struct_name, passed, expected)
    return struct_name, re.match(r"\w+", field)[0]


def main():
    library, *files = sys.argv[1:]
    table, description = [*files, *[HERE / "table.txt", HERE.parents[1] / "include/cloudcircuit.json"][len(files) :]]
    with open(description) as file:
        driver = Driver(library, json.load(file))
    rows, seen, section, base = 0, set(), None, []
    for line in Path(table).read_text().splitlines():
        if line.startswith("["):
            section, base = line.strip("[]"), []
        elif line.startswith("base "):
            base = line.split()[1:]
        elif line and not line.startswith("#"):
            rows += 1
            seen.add(drive_row(driver, section, line, base))
    for struct_name in filter(IS_DRIVEN.search, driver.fields):
        for field in driver.fields[struct_name]:
            if (struct_name, field["name"]) not in seen:
                driver.fault(f"{struct_name}.{field['name']}", "has no row in the table")
        for function, _ in driver.calls_of(struct_name):
            if function["name"] not in driver.calls:
                driver.fault(function["name"], "was not called")
    print("\n".join(driver.faults))
    fields = sum(len(f) for n, f in driver.fields.items() if IS_DRIVEN.search(n))
    print(f"{rows} rows over {fields} fields, {len(driver.calls)} functions, {driver.probes} calls, {len(driver.faults)} faults")
    sys.exit(bool(driver.faults))


if __name__ == "__main__":
    main()
