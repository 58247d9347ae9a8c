//! Writes the C header to OUT_DIR, one section per room, and names the shared library.

use std::{env, fs, path::Path};

include!("src/status_table.rs");

/// The sections, in the order in which a reader of the header wants them: the file in src/abi/ with
/// the functions, and the files in src/ with their structs and constants.
const SECTIONS: &[(&str, &[&str])] = &[
    ("version", &[]),
    ("error", &["error"]),
    ("budget/check", &["budget/check"]),
    ("spike/check", &["spike/check"]),
    ("breaker/counters", &["breaker/counters"]),
    ("guard", &["guard"]),
    ("breaker/state", &["breaker/state"]),
    ("ledger", &["ledger"]),
    ("detect/check", &["verdict", "detect/config"]),
    ("detect/scan", &["detect/scan"]),
    ("detect/tracker", &["detect/tracker"]),
    ("forecast", &["forecast/config"]),
    ("budget/exact", &["budget/exact"]),
    ("spike/exact", &["spike/exact"]),
    ("money", &["money"]),
    ("flags", &["flags"]),
    ("columns", &[]),
    ("budget/columns", &[]),
    ("spike/columns", &[]),
    ("json", &["json"]),
];

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=cbindgen.toml");

    let out_dir = env::var("OUT_DIR").unwrap();
    fs::write(Path::new(&out_dir).join("cloudcircuit.h"), header()).unwrap();
    println!("cargo:include={out_dir}");
    println!("cargo:rustc-env=CLOUDCIRCUIT_TARGET={}", env::var("TARGET").unwrap());

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

fn header() -> String {
    let mut header = format!(
        "{}\
         #ifndef CLOUDCIRCUIT_H\n\
         #define CLOUDCIRCUIT_H\n\n\
         #include <stddef.h>\n\
         #include <stdint.h>\n\n\
         #ifdef __cplusplus\n\
         extern \"C\" {{\n\
         #endif\n\n",
        comment(&module_doc("src/abi/mod.rs"))
    );
    for (functions, types) in SECTIONS {
        let functions_file = format!("src/abi/{functions}.rs");
        header += &section(&module_doc(&functions_file));
        header += &match *functions {
            "version" => version_constants(),
            "error" => status_constants(),
            _ => String::new(),
        };
        let types = types.iter().map(|name| format!("src/{name}.rs"));
        header += &declarations(types.chain([functions_file]));
    }
    header += "#ifdef __cplusplus\n}\n#endif\n\n#endif /* CLOUDCIRCUIT_H */\n";
    header
}

/// The `//!` lines at the top of a file.
fn module_doc(path: &str) -> Vec<String> {
    let source = fs::read_to_string(path).unwrap();
    source.lines().map_while(|line| line.strip_prefix("//!").map(str::to_owned)).collect()
}

fn comment(lines: &[String]) -> String {
    let body: String = lines.iter().map(|line| format!(" *{line}\n")).collect();
    format!("/*\n{body} */\n")
}

/// A section's comment, its title underlined.
fn section(doc: &[String]) -> String {
    let (title, text) = doc.split_first().unwrap();
    let rule = format!(" {}", "=".repeat(title.trim().len()));
    comment(&[&[title.clone(), rule][..], text].concat()) + "\n"
}

fn define(doc: &str, name: &str, value: &str) -> String {
    format!("/** {doc} */\n#define {name} {value}\n\n")
}

fn version(part: &str) -> String {
    env::var(format!("CARGO_PKG_VERSION{part}")).unwrap()
}

fn version_constants() -> String {
    [
        ("", "The version of this header, as a string.", format!("\"{}\"", version(""))),
        ("_MAJOR", "Its first number.", version("_MAJOR")),
        ("_MINOR", "Its second number.", version("_MINOR")),
        ("_PATCH", "Its third number.", version("_PATCH")),
    ]
    .map(|(name, doc, value)| define(doc, &format!("CLOUDCIRCUIT_VERSION{name}"), &value))
    .concat()
        + &define("The ABI version of this header.", "CLOUDCIRCUIT_ABI_VERSION", &version("_MAJOR"))
}

fn status_constants() -> String {
    macro_rules! rows {
        ($($variant:ident = $number:literal, $name:literal, $message:literal;)*) => {
            [$(($name, $number, $message)),*]
        };
    }
    let mut text = String::from(
        "/** What a function answers: CLOUDCIRCUIT_OK or one of the CLOUDCIRCUIT_ERR constants. */\n\
         typedef int32_t cloudcircuit_status;\n\n",
    );
    text += &define(&format!("{}.", OK_MESSAGE.to_str().unwrap()), "CLOUDCIRCUIT_OK", "0");
    for (name, number, message) in status_table!(rows) {
        text += &define(&format!("{message}."), name, &number.to_string());
    }
    text
}

/// What cbindgen makes of a room's files.
fn declarations(paths: impl Iterator<Item = String>) -> String {
    let config = cbindgen::Config::from_file("cbindgen.toml").unwrap();
    let builder = paths.fold(cbindgen::Builder::new(), |builder, path| {
        assert!(Path::new(&path).is_file(), "build.rs names {path}, which is not there");
        builder.with_src(path)
    });
    let mut text = Vec::new();
    builder.with_config(config).generate().unwrap().write(&mut text);
    let text = String::from_utf8(text).unwrap();
    if text.trim().is_empty() { String::new() } else { text.trim_start().to_owned() + "\n" }
}
