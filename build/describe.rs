//! The description of the ABI for other languages, include/cloudcircuit.json: what the header says,
//! one item a line, with the offsets that a C compiler would find.

use super::items::{Field, Item, Kind, first_sentence};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub struct Description {
    version: String,
    chapters: Vec<Chapter>,
    pub statuses: Vec<Status>,
    constants: Vec<Constant>,
    structs: Vec<Struct>,
    functions: Vec<Function>,
    /// Size and alignment of every type so far.
    sizes: BTreeMap<String, (usize, usize)>,
}

/// A chapter of the header.
#[derive(Serialize)]
struct Chapter {
    title: String,
    doc: String,
}

#[derive(Serialize)]
pub struct Status {
    pub name: &'static str,
    pub number: i32,
    pub message: &'static str,
}

#[derive(Serialize)]
struct Constant {
    name: String,
    value: Value,
    r#type: String,
    /// Its kind by GROUPS, or "".
    group: &'static str,
    chapter: String,
    doc: String,
}

#[derive(Serialize)]
struct Struct {
    name: String,
    size: usize,
    alignment: usize,
    chapter: String,
    doc: String,
    #[serde(skip)]
    fields: Vec<Place>,
}

/// Where a struct's field lies.
#[derive(Serialize)]
struct Place {
    name: String,
    r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    offset: usize,
    doc: String,
}

#[derive(Serialize)]
struct Function {
    name: String,
    returns: String,
    arguments: Vec<Argument>,
    errors: Vec<String>,
    chapter: String,
    doc: String,
}

#[derive(Serialize)]
struct Argument {
    name: String,
    r#type: String,
}

/// Constants of this type whose name starts with this are the values of one kind of field.
const GROUPS: &[(&str, &str)] = &[
    ("ACTION", "int32_t"),
    ("BASIS", "uint32_t"),
    ("BREAKER", "int32_t"),
    ("DETECT_REASON", "int32_t"),
    ("FLAG", "uint32_t"),
    ("LEDGER_REASON", "int32_t"),
    ("LEDGER", "int32_t"),
    ("MODE", "uint32_t"),
    ("OUTCOME", "int32_t"),
    ("RATE_REASON", "int32_t"),
    ("REASON", "uint32_t"),
    ("SIGNAL", "uint32_t"),
    ("THRESHOLD", "uint32_t"),
    ("VERDICT", "int32_t"),
];

impl Description {
    pub fn new(version: String, statuses: Vec<Status>) -> Description {
        let scalars = [
            ("uint8_t", 1),
            ("int32_t", 4),
            ("uint32_t", 4),
            ("int64_t", 8),
            ("uint64_t", 8),
            ("double", 8),
        ];
        let sizes = scalars.map(|(name, size)| (name.to_owned(), (size, size))).into();
        let (chapters, constants, structs, functions) = Default::default();
        Description { version, chapters, statuses, constants, structs, functions, sizes }
    }

    pub fn add_chapter(&mut self, title: &str, about: &str) {
        self.chapters.push(Chapter { title: title.to_owned(), doc: first_sentence(about) });
    }

    pub fn add(&mut self, item: Item, chapter: &str) {
        let (name, chapter) = (item.name, chapter.to_owned());
        let doc = first_sentence(&item.doc.join("\n"));
        match item.kind {
            // They are among the statuses.
            Kind::Constant { of, .. } if of == "cloudcircuit_status" => {}
            Kind::Constant { value, of } => {
                let (value, group) = (number(&value), group(&name, &of));
                self.constants.push(Constant { name, value, r#type: of, group, chapter, doc });
            }
            Kind::Struct(fields) => {
                let (fields, size, alignment) = self.lay_out(&name, fields);
                self.sizes.insert(name.clone(), (size, alignment));
                self.structs.push(Struct { name, size, alignment, chapter, doc, fields });
            }
            Kind::Function { returns, arguments } => {
                let errors = errors(&item.doc);
                let arguments = arguments.into_iter();
                let arguments = arguments.map(|(r#type, name)| Argument { name, r#type }).collect();
                self.functions.push(Function { name, returns, arguments, errors, chapter, doc });
            }
            Kind::Type => {}
        }
    }

    /// The places of a struct's fields, its size and its alignment.
    fn lay_out(&self, name: &str, fields: Vec<Field>) -> (Vec<Place>, usize, usize) {
        let (mut end, mut widest) = (0, 1);
        let mut places = Vec::new();
        for Field { name: field, of, length, doc } in fields {
            let known = self.sizes.get(&of);
            let (size, alignment) =
                *known.unwrap_or_else(|| panic!("{name}.{field} is a {of}, not defined before"));
            assert!(end % alignment == 0, "{name}.{field} would follow padding");
            places.push(Place { name: field, r#type: of, length, offset: end, doc });
            end += size * length.unwrap_or(1);
            widest = widest.max(alignment);
        }
        assert!(end % widest == 0, "{name} would end in padding");
        (places, end, widest)
    }

    pub fn to_json(&self) -> String {
        let structs = self.structs.iter().map(|one| {
            let head = line(one);
            let fields: Vec<_> =
                one.fields.iter().map(|field| "      ".to_owned() + &line(field)).collect();
            format!(
                "{}, \"fields\": [\n{}\n    ]}}",
                head.trim_end_matches('}'),
                fields.join(",\n")
            )
        });
        let lists = [
            list("chapters", self.chapters.iter().map(line)),
            list("statuses", self.statuses.iter().map(line)),
            list("constants", self.constants.iter().map(line)),
            list("structs", structs),
            list("functions", self.functions.iter().map(line)),
        ];
        format!("{{\n  \"version\": {},\n{}\n}}\n", json!(self.version), lists.join(",\n"))
    }
}

fn list(name: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| "    ".to_owned() + &item).collect();
    format!("  \"{name}\": [\n{}\n  ]", items.join(",\n"))
}

fn line(item: &impl Serialize) -> String {
    serde_json::to_string(item).unwrap()
}

fn number(text: &str) -> Value {
    match text.trim_end_matches('u') {
        "INT64_MIN" => json!(i64::MIN),
        "INT64_MAX" => json!(i64::MAX),
        text => serde_json::from_str(text).unwrap(),
    }
}

fn group(name: &str, of: &str) -> &'static str {
    let name = name.trim_start_matches("CLOUDCIRCUIT_");
    let found = GROUPS.iter().find(|(prefix, kind)| {
        *kind == of && name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_'))
    });
    assert!(found.is_some() || of != "int32_t", "{name} is in no group of build/describe.rs");
    found.map_or("", |(prefix, _)| prefix)
}

/// The statuses that a comment names: in full, or without their prefix in the list of errors.
fn errors(doc: &[String]) -> Vec<String> {
    let mut errors = Vec::new();
    let mut in_list = false;
    for line in doc {
        in_list = line.starts_with("Errors:") || in_list && !line.is_empty();
        for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let name = word.strip_prefix("CLOUDCIRCUIT_ERR_").unwrap_or(word);
            let is_short = in_list && name == word && is_constant(word);
            if (name != word || is_short) && !errors.iter().any(|error| error == name) {
                errors.push(name.to_owned());
            }
        }
    }
    errors.iter().map(|name| format!("CLOUDCIRCUIT_ERR_{name}")).collect()
}

/// Whether a word is written as a constant, and no name of C's or ours in full.
fn is_constant(word: &str) -> bool {
    let is_upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    word.len() > 1
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.chars().all(is_upper)
        && word != "NULL"
        && !word.starts_with("CLOUDCIRCUIT_")
}
