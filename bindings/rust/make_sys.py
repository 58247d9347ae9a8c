#!/usr/bin/env python3
"""Makes the crate's declarations from the description of the C header: make_sys.py [folder], which is src/ when none
is named. types.rs gets structs, constants and statuses under their names in Rust, sys.rs the functions of C."""
import json
import os
import re
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {
    "uint8_t": "u8",
    "int32_t": "i32",
    "uint32_t": "u32",
    "int64_t": "i64",
    "uint64_t": "u64",
    "size_t": "usize",
    "double": "f64",
    "char": "c_char",
    "cloudcircuit_status": "i32",
}
# Structs without these are stored and compared as integers are.
INEXACT = "double"
# What such a field is 1 for; any other flag is 0 when nothing is wrong.
ALLOWS = "allow"

# Zeroed memory of these refuses, so that they have it as their default.
REFUSING = re.compile(r"_(decision|hold|permit|signal)$")

WORD = re.compile(r"(?<![\w`])(_?[A-Za-z]+(?:_[A-Za-z0-9]+)+|_[A-Z]+)((?:\(\))?)")


def short(name):
    """A name of C without what marks it there as ours."""
    return re.sub(r"^cloudcircuit_", "", name, flags=re.I)


def camel(name):
    return "".join(word[0].upper() + word[1:] for word in short(name).split("_"))


def comment(text, structs, indent=""):
    """A comment of C as one of rustdoc, with the names of Rust."""
    def name(match):
        word = match[1]
        return f"`{camel(word) if word in structs else short(word)}{match[2]}`"

    text = WORD.sub(name, text.replace("[", r"\[").replace("]", r"\]"))
    lines = textwrap.wrap(text, 96 - len(indent), break_long_words=False, break_on_hyphens=False)
    return "".join(f"{indent}/// {line}\n" for line in lines)


def rust_type(text):
    """A type of C: `const double *` is `*const f64`."""
    words = text.replace("*", " * ").split()
    is_const = words[0] == "const"
    name = words[is_const]
    name = TYPES.get(name) or camel(name)
    if words[-1] != "*":
        return name
    return f"*const {name}" if is_const else f"*mut {name}"


def constant(one, structs):
    value, kind = one["value"], rust_type(one["type"])
    if kind == "*const c_char":
        kind, value = "&str", json.dumps(value)
    if one["type"] == "int64_t" and value == -(2**63):
        value = "i64::MIN"
    return f"{comment(one['doc'], structs)}pub const {short(one['name'])}: {kind} = {value};\n"


def fields(struct, structs):
    for field in struct["fields"]:
        kind = rust_type(field["type"])
        if "length" in field:
            kind = f"[{kind}; {field['length']}]"
        yield f"{comment(field['doc'], structs, '    ')}    pub {field['name']}: {kind},\n"


def is_flag(field):
    is_named = re.match(r"is_|allow|would_|clock_regressed$", field["name"])
    return field["type"] == "uint32_t" and is_named


def has_inexact(struct, structs):
    kinds = [field["type"] for field in struct["fields"]]
    return INEXACT in kinds or any(has_inexact(structs[kind], structs) for kind in kinds if kind in structs)


def struct_text(struct, structs):
    name = camel(struct["name"])
    compared = "PartialEq" if has_inexact(struct, structs) else "Eq, Hash, PartialEq"
    if REFUSING.search(struct["name"]):
        compared = "Default, " + compared
    text = comment(struct["doc"], structs)
    text += f"#[repr(C)]\n#[derive(Clone, Copy, Debug, {compared})]\n"
    text += f"pub struct {name} {{\n{''.join(fields(struct, structs))}}}\n\n"
    text += f"const _: () = {{\n    assert!(size_of::<{name}>() == {struct['size']});\n"
    for field in struct["fields"]:
        text += f"    assert!(offset_of!({name}, {field['name']}) == {field['offset']});\n"
    text += "};\n"
    flags = [field["name"] for field in struct["fields"] if is_flag(field)]
    if flags:
        methods = []
        for flag in flags:
            test = "== 1" if flag.startswith(ALLOWS) else "!= 0"
            methods.append(
                f"    /// The field as a truth value.\n    #[must_use]\n"
                f"    pub const fn {flag}(&self) -> bool {{\n        self.{flag} {test}\n    }}\n"
            )
        text += f"\nimpl {name} {{\n" + "\n".join(methods) + "}\n"
    return text


def default(function, structs):
    """A struct's default is what its _init function writes."""
    name = function["name"]
    struct = name.removesuffix("_init")
    if struct not in structs or len(function["arguments"]) != 1:
        return ""
    return (
        f"impl Default for {camel(struct)} {{\n    /// The defaults, as `{short(name)}` of the C interface writes them.\n"
        f"    fn default() -> Self {{\n"
        f"        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.\n"
        f"        unsafe {{\n            let mut value = MaybeUninit::uninit();\n"
        f"            sys::{name}(value.as_mut_ptr());\n            value.assume_init()\n        }}\n    }}\n}}\n"
    )


def error(status, structs):
    name = status["name"].removeprefix("CLOUDCIRCUIT_ERR_")
    return f"{comment(status['message'] + '.', structs, '    ')}    pub const {name}: Error = Error({status['number']});\n"


def types(description):
    structs = {struct["name"]: struct for struct in description["structs"]}
    parts = [
        "//! Structs, constants and statuses of libcloudcircuit. Made from cloudcircuit.json by make_sys.py: do not\n"
        "//! edit.\n\n"
        "use crate::{Error, sys};\nuse core::mem::{MaybeUninit, offset_of};\n",
        "".join(constant(one, structs) for one in description["constants"]),
        "/// An error for each status: the name without `CLOUDCIRCUIT_ERR_`.\nimpl Error {\n"
        + "".join(error(status, structs) for status in description["statuses"] if status["number"])
        + "}\n",
    ]
    parts += [struct_text(struct, structs) for struct in description["structs"]]
    parts += filter(None, (default(function, structs) for function in description["functions"]))
    return "\n".join(parts)


def declaration(function, structs):
    arguments = ", ".join(f"{one['name']}: {rust_type(one['type'])}" for one in function["arguments"])
    text = f"    pub fn {function['name']}({arguments})"
    if len(text) + len(rust_type(function["returns"])) > 94:
        lines = "".join(f"        {one['name']}: {rust_type(one['type'])},\n" for one in function["arguments"])
        text = f"    pub fn {function['name']}(\n{lines}    )"
    return f"{comment(function['doc'], structs, '    ')}{text} -> {rust_type(function['returns'])};\n"


def functions(description):
    structs = {struct["name"]: struct for struct in description["structs"]}
    return (
        "//! The functions of the C interface, under their names in C. Made from cloudcircuit.json by make_sys.py: do not\n"
        "//! edit.\n//!\n"
        "//! The crate has a safe form of each. These are for code that keeps states in memory of its own. What each of\n"
        "//! them asks of its pointers is in cloudcircuit.h: they need no alignment, and NULL is an error where it is not\n"
        "//! allowed. The structs are those of the crate.\n\n"
        "use crate::types::*;\nuse core::ffi::c_char;\n\n"
        'unsafe extern "C" {\n'
        + "\n".join(declaration(function, structs) for function in description["functions"])
        + "}\n"
    )


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "src")
    with open(os.path.join(HERE, "../../include/cloudcircuit.json"), encoding="utf-8") as file:
        description = json.load(file)
    for name, text in ("types.rs", types(description)), ("sys.rs", functions(description)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
