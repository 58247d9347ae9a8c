//! Writes the C header, its form for hosts without a preprocessor and its description for other
//! languages to OUT_DIR, and names the shared library.

#[path = "build/describe.rs"]
mod describe;
#[path = "build/ffi.rs"]
mod ffi;
#[path = "build/items.rs"]
mod items;

use describe::{Description, Status};
use ffi::FfiHeader;
use items::{Item, Kind, first_sentence, items};
use std::{env, fs, path::Path};

include!("src/status_table.rs");

/// What the header is made of, in the order in which a reader wants it: simple things first, and
/// nothing used before it is defined. `# file` and `## file` start a chapter and a section with the
/// comment at the top of src/abi/file.rs. The others are files in src/ whose structs, constants and
/// functions follow, or with `:word` only the functions that have the word in their name.
const CONTENTS: &[&str] = &[
    "# version",
    VERSION_CONSTANTS,
    "abi/version",
    "# error",
    STATUS_TYPE,
    "abi/error",
    "# shared rules",
    "mode",
    "## flags",
    "flags",
    "## columns",
    "## json",
    "json/line",
    "# budget/check",
    "budget/check",
    "abi/budget/check",
    "## budget/exact",
    "budget/exact",
    "abi/budget/exact",
    "## budget/columns",
    "abi/flags:budget",
    "abi/budget/columns",
    "abi/json:budget",
    "# spike/check",
    "series",
    "spike/check",
    "abi/spike/check",
    "## spike/exact",
    "spike/exact",
    "abi/spike/exact",
    "## spike/columns",
    "abi/flags:spike",
    "abi/spike/columns",
    "abi/json:spike",
    "# breaker/counters",
    "breaker/counters",
    "abi/breaker/counters",
    "abi/flags:breaker",
    "abi/json:breaker_decision",
    "# breaker/state",
    "breaker/config",
    "breaker/state",
    "breaker/permit",
    "abi/breaker/state",
    "abi/json:breaker_permit",
    "# ledger/decide",
    "ledger/config",
    "ledger/state",
    "ledger/hold",
    "ledger/decide",
    "abi/ledger/decide",
    "## ledger/several",
    "ledger/several",
    "abi/ledger/several",
    "abi/json:ledger",
    "# rate_limit",
    "rate_limit",
    "abi/rate_limit",
    "abi/json:rate_limit",
    "# detect/check",
    "verdict",
    "timeline",
    "detect/config",
    "abi/detect/check",
    "abi/json:detect",
    "## detect/scan",
    "abi/detect/scan",
    "## detect/columns",
    "abi/detect/columns",
    "## detect/tracker",
    "detect/tracker",
    "abi/detect/tracker",
    "# forecast/check",
    "forecast/config",
    "abi/forecast/check",
    "abi/json:forecast",
    "## forecast/columns",
    "abi/forecast/columns",
    "# guard",
    "guard/signal",
    "guard/evaluate",
    "abi/guard",
    "abi/json:guard",
    "# names",
    "abi/names",
    "# money",
    "money",
    "abi/money",
    "# all statuses",
    STATUS_CONSTANTS,
];

const VERSION_CONSTANTS: &str = "the version constants";
const STATUS_TYPE: &str = "the status type";
const STATUS_CONSTANTS: &str = "the status constants";

/// Heads of chapters that have no file of their own.
const HEADS: &[(&str, &str, &str)] = &[
    (
        "shared rules",
        "Flags, columns, records",
        "Rules that these forms of a call share, whatever the safeguard.",
    ),
    ("all statuses", "All statuses", "What each status means; each function lists its errors."),
];

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    println!("cargo:rustc-check-cfg=cfg(cloudcircuit_may_panic)");

    let out_dir = env::var("OUT_DIR").unwrap();
    let write = |name, text| fs::write(Path::new(&out_dir).join(name), text).unwrap();
    let (header, ffi_header, description) = header();
    write("cloudcircuit.h", header);
    write("cloudcircuit_ffi.h", ffi_header.to_c());
    write("cloudcircuit.json", description.to_json());
    println!("cargo:include={out_dir}");
    let target = env::var("TARGET").unwrap();
    println!("cargo:rustc-env=CLOUDCIRCUIT_TARGET={target}");

    // A call needs at most 16 KiB of stack. Below the stack memory ends, so that an overflow traps.
    if target == "wasm32-unknown-unknown" {
        println!("cargo:rustc-cdylib-link-arg=-zstack-size=131072");
    }

    // A DLL without start-up code: nothing runs when it is loaded, and it asks for the memory functions alone.
    if target == "x86_64-pc-windows-gnu" {
        println!("cargo:rustc-cdylib-link-arg=-nostartfiles");
        println!("cargo:rustc-cdylib-link-arg=-Wl,--entry=0");
    }

    // cargo-c sets a soname too, the same one: see Cargo.toml.
    if env::var("CARGO_CFG_TARGET_OS").unwrap() == "linux" {
        let soname = format!("libcloudcircuit.so.{}", version("_MAJOR"));
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,{soname}");
        // The C runtime's start-up stubs would be the only code and writable data not our own.
        println!("cargo:rustc-cdylib-link-arg=-nostartfiles");
        if env::var("PROFILE").unwrap() == "debug" {
            // Such builds keep panics, and with them core's reference to what nothing calls.
            println!("cargo:rustc-cdylib-link-arg=-Wl,--defsym=rust_eh_personality=0");
        }
    }
}

const PREAMBLE: &str = "\
#ifndef CLOUDCIRCUIT_H
#define CLOUDCIRCUIT_H

#include <stddef.h>
#include <stdint.h>

// With CLOUDCIRCUIT_WARN_UNUSED defined before the include, gcc and clang warn where a status is
// dropped. gcc does so even for (void)f(): assign the status to a variable there.
#if defined(CLOUDCIRCUIT_WARN_UNUSED) && defined(__GNUC__)
#  define CLOUDCIRCUIT_NODISCARD __attribute__((warn_unused_result))
#else
#  define CLOUDCIRCUIT_NODISCARD
#endif

#ifdef __cplusplus
extern \"C\" {
#endif

";

const END: &str = "\
#ifdef __cplusplus
}
#endif

#endif // CLOUDCIRCUIT_H
";

fn header() -> (String, FfiHeader, Description) {
    let mut description = Description::new(version(""), statuses());
    let mut ffi_header = FfiHeader::new();
    let mut chapters: Vec<(String, String)> = Vec::new();
    let mut text = String::new();
    for &entry in CONTENTS {
        if let Some(file) = entry.strip_prefix("# ") {
            let (title, about) = head(file);
            text += &heading(&title, "=", &about);
            description.add_chapter(&title, &about);
            chapters.push((title, about));
        } else if let Some(file) = entry.strip_prefix("## ") {
            let (title, about) = head(file);
            text += &heading(&title, "-", &about);
        } else {
            let found = match entry {
                VERSION_CONSTANTS => version_constants(),
                STATUS_TYPE => vec![status_type(), status_constant(&description.statuses[0])],
                STATUS_CONSTANTS => description.statuses[1..].iter().map(status_constant).collect(),
                _ => items(entry),
            };
            assert!(!found.is_empty(), "build.rs finds nothing in {entry}");
            for item in found {
                text += &item.to_c();
                if entry != STATUS_CONSTANTS {
                    text.push('\n');
                }
                ffi_header.add(&item);
                description.add(item, &chapters.last().unwrap().0);
            }
        }
    }
    (opening(&chapters) + PREAMBLE + &text + "\n" + END, ffi_header, description)
}

/// The comment at the top of a file in src/abi/: its title and what it says.
fn head(file: &str) -> (String, String) {
    if let Some((_, title, about)) = HEADS.iter().find(|(name, ..)| *name == file) {
        return ((*title).into(), (*about).into());
    }
    let source = fs::read_to_string(format!("src/abi/{file}.rs")).unwrap();
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let (title, about) = lines.split_first().unwrap();
    ((*title).into(), about.join("\n").trim_matches('\n').into())
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("// {line}").trim_end().to_owned() + "\n").collect()
}

fn heading(title: &str, rule: &str, about: &str) -> String {
    comment(&format!("{title}\n{}\n\n{about}", rule.repeat(title.len()))) + "\n"
}

/// The opening comment, with a list of the chapters: of each its first sentence. A line has room for
/// it, or the chapter gets a shorter one.
fn opening(chapters: &[(String, String)]) -> String {
    let (title, about) = head("mod");
    let width = chapters.iter().map(|(title, _)| title.len()).max().unwrap();
    let mut list = String::new();
    for (title, about) in chapters {
        let about = first_sentence(about);
        let about = about.trim_end_matches('.');
        assert!(about.len() + width <= 93, "no room in the header's contents: {title}: {about}");
        list += &format!("  {title:width$}  {about}\n");
    }
    comment(&format!("{title}\n\n{about}\n\nContents:\n{list}"))
}

fn version(part: &str) -> String {
    env::var(format!("CARGO_PKG_VERSION{part}")).unwrap()
}

fn version_constants() -> Vec<Item> {
    [
        (
            "VERSION",
            "The version of this header, as a string.",
            format!("\"{}\"", version("")),
            "const char *",
        ),
        ("VERSION_MAJOR", "Its first number.", version("_MAJOR"), "uint32_t"),
        ("VERSION_MINOR", "Its second number.", version("_MINOR"), "uint32_t"),
        ("VERSION_PATCH", "Its third number.", version("_PATCH"), "uint32_t"),
        ("ABI_VERSION", "The ABI version of this header.", version("_MAJOR"), "uint32_t"),
    ]
    .map(|(name, doc, value, kind)| {
        Item::constant(&format!("CLOUDCIRCUIT_{name}"), &value, kind, doc)
    })
    .into()
}

fn statuses() -> Vec<Status> {
    macro_rules! rows {
        ($($variant:ident = $number:literal, $name:literal, $message:literal;)*) => {
            vec![
                Status { name: "CLOUDCIRCUIT_OK", number: 0, message: OK_MESSAGE.to_str().unwrap() },
                $(Status { name: $name, number: $number, message: $message }),*
            ]
        };
    }
    status_table!(rows)
}

fn status_type() -> Item {
    Item {
        name: "cloudcircuit_status".into(),
        doc: vec![
            "What a function answers: CLOUDCIRCUIT_OK or a CLOUDCIRCUIT_ERR constant.".into(),
        ],
        text: "typedef int32_t cloudcircuit_status;\n".into(),
        kind: Kind::Type,
    }
}

fn status_constant(status: &Status) -> Item {
    let doc = format!("{}.", status.message);
    Item::constant(status.name, &status.number.to_string(), "cloudcircuit_status", &doc)
}
