#!/usr/bin/env python3
"""Writes the TypeScript for the library's constants, structs and functions, from include/cloudcircuit.json.

Usage: make_structs.py FOLDER, which gets constants.ts and structs.ts. A struct of results becomes a class that reads itself from memory; one that callers
fill in becomes an interface and a function that writes it.
"""
import json
import re
import sys
from pathlib import Path

DESCRIPTION = Path(__file__).resolve().parents[2] / "include/cloudcircuit.json"
PREFIX = "cloudcircuit_"
HEAD = "// Written by make_structs.py from include/cloudcircuit.json.\n"

# Results, with the function that makes their signal and the config that their record tells.
RESULTS = {
    "budget_result": ("budget_signal", "budget_config"),
    "budget_result_i64": ("budget_signal_i64", "budget_config_i64"),
    "spike_result": ("spike_signal", "spike_config"),
    "spike_result_i64": ("spike_signal_i64", "spike_config_i64"),
    "breaker_decision": ("breaker_signal", "breaker_counters"),
    "breaker_permit": ("permit_signal", "breaker_config"),
    "ledger_decision": ("ledger_signal", "ledger_config"),
    "rate_limit_decision": ("rate_limit_signal", "rate_limit_config"),
    "detect_result": ("detect_signal", "detect_config"),
    "forecast_result": ("forecast_signal", "forecast_config"),
    "guard_decision": (None, "guard_policy"),
}
# What callers fill in. Fields are optional where a config has defaults.
CONFIGS = sorted({config for _, config in RESULTS.values()})
REQUIRED = {"breaker_counters", "ledger_hold", "signal"}
# Plain objects that go in and out.
PLAIN = ["ledger_hold", "signal"]
# States, of which callers read the scalar fields.
STATES = ["breaker_state", "ledger_state", "rate_limit_state", "spike_tracker_state"]
HIDDEN = {"layout", "reserved", "threshold_count"}

# Constants that are words in JavaScript, by the field that holds one of them.
WORDS = {
    "mode": "MODE",
    "threshold_unit": "THRESHOLD",
    "threshold_basis": "BASIS",
    "negative_points": "NEGATIVE_POINTS",
    "phase": "BREAKER",
    "verdict": "VERDICT",
    "kind": "SIGNAL",
    "detect_result.reason": "DETECT_REASON",
    "ledger_decision.reason": "LEDGER_REASON",
    "rate_limit_decision.reason": "RATE_REASON",
    "action": "ACTION",
    "monitor_action": "ACTION",
}
SETS = {
    "reasons": "REASON",
    "monitor_reasons": "REASON",
    "monitor": "REASON",
    "kinds": "SIGNAL",
    "required": "SIGNAL",
}
INDICES = {"crossed", "newly_crossed", "told"}
FLAGS = {"allowed", "would_refuse", "clock_regressed", "allow_operation"}
TYPES = {
    "MODE": "Mode",
    "THRESHOLD": "ThresholdUnit",
    "BASIS": "ThresholdBasis",
    "NEGATIVE_POINTS": "NegativePoints",
    "BREAKER": "BreakerPhase",
    "OUTCOME": "Outcome",
    "VERDICT": "Verdict",
    "SIGNAL": "SignalKind",
    "DETECT_REASON": "DetectReason",
    "LEDGER_REASON": "LedgerReason",
    "RATE_REASON": "RateReason",
    "REASON": "Reason",
    "ACTION": "Action",
}
NUMBERS = {
    "double": ("number", "Float64"),
    "uint32_t": ("number", "Uint32"),
    "int32_t": ("number", "Int32"),
    "int64_t": ("bigint", "BigInt64"),
    "uint64_t": ("bigint", "BigUint64"),
}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal(name):
    return "".join(word.capitalize() for word in name.split("_"))


def in_words(doc, words):
    """A comment for readers of JavaScript: their names, and words for constants."""
    doc = re.sub(r"\bcloudcircuit_([a-z0-9_]+)", r"\1", doc)
    doc = re.sub(r"\b[a-z0-9]+(_[a-z0-9]+)+\b", lambda match: camel(match[0]), doc)
    group = lambda match: TYPES.get(match[1], match[1])
    doc = re.sub(r"\bas CLOUDCIRCUIT_([A-Z_]+) bits", group, doc)
    doc = re.sub(r"\ban? CLOUDCIRCUIT_([A-Z_]+) constant", lambda match: "a " + group(match), doc)
    constant = lambda match: words.get(match[0], match[0].removeprefix("CLOUDCIRCUIT_"))
    doc = re.sub(r"CLOUDCIRCUIT_[A-Z0-9_]+", constant, doc)
    # The second of two constants stands without the prefix.
    doc = re.sub(r"(?<!\w)_([A-Z][A-Z_]+)\b", lambda match: f'"{match[1].lower()}"', doc)
    return re.sub(r"^(Of \w+: )?1 (when|if)", r"\1true \2", doc).replace(", else 0", ", else false")


def group_of(constant):
    return "NEGATIVE_POINTS" if "_NEGATIVE_POINTS_" in constant["name"] else constant["group"]


def words_of(constants):
    """Each group of constants that are words: the word of each number."""
    groups = {}
    for constant in constants:
        if (group := group_of(constant)) in TYPES:
            word = constant["name"].removeprefix(f"CLOUDCIRCUIT_{group}_").lower()
            groups.setdefault(group, {})[int(constant["value"])] = word
    return groups


class Field:
    def __init__(self, struct, field, offsets):
        self.name, self.c_type = field["name"], field["type"]
        self.key, self.offset, self.length = camel(self.name), field["offset"], field.get("length")
        self.doc = field["doc"]
        name = f"{struct}.{self.name}"
        self.words = WORDS.get(name) or WORDS.get(self.name) or ("ACTION" if self.name.startswith("on_") else None)
        self.set = SETS.get(self.name)
        self.is_indices = self.name in INDICES
        self.is_flag = self.name.startswith("is_") or self.name in FLAGS
        told = re.search(r"a CLOUDCIRCUIT_([A-Z_]+) constant", self.doc)
        assert not told or self.words, f"which words has {name}?"
        # The one array that callers fill in has its length in a field of its own.
        self.place = f"{{ thresholds: {self.offset}, room: {self.length}, count: {offsets.get('threshold_count')} }}"
        if self.c_type in NUMBERS:
            self.number, self.accessor = NUMBERS[self.c_type]

    def type(self, is_input):
        if self.words:
            # A reason is 0 where nothing decided.
            return TYPES[self.words] + (" | null" if self.name == "reason" else "")
        if self.set:
            return f"readonly {TYPES[self.set]}[]"
        if self.is_indices:
            return "readonly number[]"
        if self.length:
            return "readonly Integer[]" if is_input else "readonly bigint[]"
        if self.is_flag:
            return "boolean"
        return "Integer" if is_input and self.number == "bigint" else self.number

    def read(self):
        little = "" if self.accessor == "Uint8" else ", true"
        value = f"view.get{self.accessor}(at + {self.offset}{little})"
        if self.words:
            return f"wordOf({self.words}, {value}) as {self.type(False)}"
        if self.set:
            return f"wordsOf({self.set}, {value}) as {self.type(False)}"
        if self.is_indices:
            return f"indices({value})"
        return f"{value} !== 0" if self.is_flag else value

    def write(self, value):
        if self.length:
            return f"writeThresholds(at, {self.place}, {value});"
        if self.words:
            value = f'numberOf({self.words}, "{self.key}", {value})'
        elif self.set:
            value = f'bitsOf({self.set}, "{self.key}", {value})'
        elif self.is_indices:
            value = f"bits({value})"
        elif self.is_flag:
            value = f"Number({value})"
        else:
            kind = {"double": "f64", "uint32_t": "u32", "int32_t": "i32", "int64_t": "i64", "uint64_t": "u64"}
            value = f'{kind[self.c_type]}("{self.key}", {value})'
        return f"memory.view.set{self.accessor}(at + {self.offset}, {value}, true);"


def comment(doc, words, indent="  "):
    return f"{indent}/** {in_words(doc, words)} */\n"


def main():
    description = json.loads(DESCRIPTION.read_text())
    structs = {struct["name"].removeprefix(PREFIX): struct for struct in description["structs"]}
    constants = description["constants"]
    functions = {function["name"] for function in description["functions"]}
    groups = words_of(constants)
    words = {c["name"]: f'"{groups[group_of(c)][int(c["value"])]}"' for c in constants if group_of(c) in groups}
    out = [
        HEAD,
        'import { RECORD_CAPACITY } from "./constants.js";',
        'import { memory } from "./memory.js";',
        'import { bits, bitsOf, f64, i32, i64, indices, numberOf, u32, u64, unknownField, wordOf, wordsOf, '
        'writeThresholds, type Integer } from "./convert.js";',
        'import { Result, type Origin } from "./result.js";\n',
    ]

    values = [HEAD]
    for constant in constants:
        if group_of(constant) not in groups and "_LAYOUT" not in constant["name"]:
            name, value = constant["name"].removeprefix("CLOUDCIRCUIT_"), constant["value"]
            if constant["type"] == "const char *":
                value = json.dumps(value)
            elif NUMBERS.get(constant["type"], ("number",))[0] == "bigint":
                value = f"{value}n"
            values.append(comment(constant["doc"], words, "").rstrip())
            values.append(f"export const {name} = {value};")

    for status in description["statuses"][1:]:
        values.append(comment(status["message"], words, "").rstrip())
        values.append(f"export const {status['name'].removeprefix('CLOUDCIRCUIT_')} = {status['number']};")

    for group, names in groups.items():
        union = " | ".join(f'"{word}"' for word in names.values())
        out.append(f"export type {TYPES[group]} = {union};")
        out.append(f"/** @internal */\nexport const {group}: ReadonlyMap<number, string> = new Map({json.dumps(list(names.items()))});")
    out.append("")
    def fields(name):
        offsets = {field["name"]: field["offset"] for field in structs[name]["fields"]}
        return [Field(name, field, offsets) for field in structs[name]["fields"]]

    def interface(name, title, is_input, is_optional, shown):
        lines = [f"/** {in_words(structs[name]['doc'], words)} */", f"export interface {title} {{"]
        for field in shown:
            lines.append(comment(field.doc, words).rstrip())
            # A hold lives on: calls change it.
            readonly = "" if name == "ledger_hold" else "readonly "
            lines.append(f"  {readonly}{field.key}{'?' if is_optional else ''}: {field.type(is_input)};")
        return lines + ["}\n"]

    def visible(name):
        return [field for field in fields(name) if field.name not in HIDDEN]

    for name in CONFIGS:
        title, shown, size = pascal(name), visible(name), structs[name]["size"]
        out += interface(name, title, True, name not in REQUIRED, shown)
        out += [f"/** @internal */\nexport const {title} = {{", f"  size: {size},"]
        init = f"{PREFIX}{name}_init"
        init = init if init in functions else None
        out.append(f"  init: {json.dumps(init)},")
        out.append(f"  write(at: number, config: {title}): void {{")
        out.append(f"    for (const key of Object.keys(config) as (keyof {title})[]) {{")
        out.append("      if (config[key] === undefined) continue;")
        out.append("      switch (key) {")
        for field in shown:
            out.append(f'        case "{field.key}": {field.write(f"config.{field.key}!")} break;')
        out.append(f'        default: unknownField("{title}", key);')
        out.append("      }\n    }\n  },\n} as const;\n")

    for name in PLAIN:
        title, shown, size = pascal(name).removeprefix("Ledger"), visible(name), structs[name]["size"]
        out += interface(name, title, False, False, shown)
        out += [f"/** @internal */\nexport const {title} = {{", f"  size: {size},"]
        out += [f"  read(at: number): {title} {{", "    const view = memory.view;", "    return {"]
        out += [f"      {field.key}: {field.read()}," for field in shown]
        out += ["    };", "  },", f"  write(at: number, value: {title}): void {{"]
        out += [f"    {field.write(f'value.{field.key}')}" for field in shown]
        out.append("  },\n} as const;\n")

    for name, (signal, config) in RESULTS.items():
        title, shown, size = pascal(name), visible(name), structs[name]["size"]
        out += [f"/** {in_words(structs[name]['doc'], words)} */", f"export class {title} extends Result {{"]
        out.append(f"  static readonly size = {size};")
        for field in shown:
            out.append(comment(field.doc, words).rstrip())
            out.append(f"  readonly {field.key}: {field.type(False)};")
        out.append("  /** @internal */")
        out.append("  constructor(at: number, origin: Origin) {\n    super(origin);\n    const view = memory.view;")
        out += [f"    this.{field.key} = {field.read()};" for field in shown]
        out.append("  }")
        out += ["  /** @internal */", "  write(at: number): void {", f"    memory.zero(at, {size});"]
        out += [f"    {field.write(f'this.{field.key}')}" for field in shown]
        out.append("  }")
        out.append(f'  /** @internal */\n  names() {{\n    return {{ size: {size}, record: "{PREFIX}write_{name}_json",')
        out.append("      capacity: RECORD_CAPACITY, read: Signal.read,")
        out.append(f"      signal: {json.dumps(signal and PREFIX + signal)} }} as const;\n  }}\n}}\n")

    for name in STATES:
        title, size = pascal(name), structs[name]["size"]
        shown = [field for field in visible(name) if not field.length and field.c_type in NUMBERS]
        out += interface(name, title, False, False, shown)
        out += [f"/** @internal */\nexport const {title} = {{", f"  size: {size},"]
        out += [f"  read(view: DataView): {title} {{", "    const at = 0;", "    return {"]
        out += [f"      {field.key}: {field.read()}," for field in shown]
        out.append("    };\n  },\n} as const;\n")

    out.append("/** The library's functions, as WebAssembly has them: pointers and size_t are numbers. @internal */")
    out.append("export interface Library {")
    for function in description["functions"]:
        kind = lambda c_type: "bigint" if c_type in ("int64_t", "uint64_t") else "number"
        arguments = ", ".join(f"{camel(it['name'])}: {kind(it['type'])}" for it in function["arguments"])
        out.append(f"  {function['name']}({arguments}): {kind(function['returns'])};")
    out.append("}")
    folder = Path(sys.argv[1])
    (folder / "constants.ts").write_text("\n".join(values) + "\n")
    (folder / "structs.ts").write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
