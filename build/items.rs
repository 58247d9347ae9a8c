//! The items of the header, taken from what cbindgen makes of a file.

use std::{collections::BTreeMap, fs, path::Path};

/// A constant, a struct, a function or a type, with its comment.
pub struct Item {
    pub name: String,
    pub doc: Vec<String>,
    /// The declaration as in the header.
    pub text: String,
    pub kind: Kind,
}

pub enum Kind {
    Constant { value: String, of: String },
    Struct(Vec<Field>),
    Function { returns: String, arguments: Vec<(String, String)> },
    Type,
}

pub struct Field {
    pub name: String,
    pub of: String,
    /// How many it has, when it is an array.
    pub length: Option<usize>,
    pub doc: String,
}

/// The items of src/`entry`.rs, or of `file:word` its functions with the word in their name.
pub fn items(entry: &str) -> Vec<Item> {
    let (file, word) = entry.split_once(':').unwrap_or((entry, ""));
    let path = format!("src/{file}.rs");
    assert!(Path::new(&path).is_file(), "build.rs names {path}, which is not there");
    let source = fs::read_to_string(&path).unwrap();

    let mut config = cbindgen::Config::from_file("cbindgen.toml").unwrap();
    // Every struct of the file, also those that no function in it takes, in its order.
    let place = |name: &str| source.find(&format!("pub struct {name} "));
    let structs = config.export.rename.keys().filter_map(|name| Some((place(name)?, name.clone())));
    let structs: BTreeMap<_, _> = structs.collect();
    config.export.include = structs.into_values().collect();
    let mut text = Vec::new();
    cbindgen::Builder::new()
        .with_src(path)
        .with_config(config)
        .generate()
        .unwrap()
        .write(&mut text);
    String::from_utf8(text)
        .unwrap()
        .split("\n\n")
        .filter(|text| !text.trim().is_empty())
        .map(|text| Item::parse(text, &source))
        .filter(|item| item.name.contains(word))
        .collect()
}

impl Item {
    pub fn constant(name: &str, value: &str, of: &str, doc: &str) -> Item {
        Item {
            name: name.into(),
            doc: vec![doc.into()],
            text: format!("#define {name} {value}\n"),
            kind: Kind::Constant { value: value.into(), of: of.into() },
        }
    }

    fn parse(text: &str, source: &str) -> Item {
        let (doc, declaration): (Vec<&str>, Vec<&str>) =
            text.trim().lines().partition(|line| line.starts_with("///"));
        let declaration = declaration.join("\n") + "\n";
        let doc = doc.join("\n");
        let doc = doc.trim_end_matches(['/', '\n']).lines();
        let doc =
            doc.map(|line| line[3..].strip_prefix(' ').unwrap_or(&line[3..]).into()).collect();
        if let Some(define) = declaration.strip_prefix("#define ") {
            let (name, value) = define.trim().split_once(' ').unwrap();
            let kind = Kind::Constant { value: value.into(), of: constant_type(name, source) };
            return Item { name: name.into(), doc, text: declaration.clone(), kind };
        }
        if let Some(rest) = declaration.strip_prefix("typedef struct ") {
            let name = rest.split(' ').next().unwrap().into();
            let text = declaration.replace("    struct ", "    ");
            let kind = Kind::Struct(fields(&text));
            return Item { name, doc, text, kind };
        }
        let words: Vec<&str> =
            declaration.split_whitespace().filter(|word| *word != "struct").collect();
        let words = words.join(" ");
        let (head, arguments) = words.trim_end_matches(");").split_once('(').unwrap();
        let (returns, name) = typed(head);
        let arguments: Vec<_> =
            arguments.split(", ").filter(|argument| *argument != "void").map(typed).collect();
        let text = prototype(&returns, &name, &arguments);
        Item { name, doc, text, kind: Kind::Function { returns, arguments } }
    }

    pub fn to_c(&self) -> String {
        let doc = self.doc.iter().map(|line| {
            let line = if line.starts_with("Errors: ") {
                wrapped(line).replace('\n', "\n///     ")
            } else {
                line.clone()
            };
            format!("/// {line}").trim_end().to_owned() + "\n"
        });
        doc.collect::<String>() + &self.text
    }
}

/// The fields of a struct, each with the comment before it.
fn fields(text: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut doc = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("    ")) {
        match line.trim().strip_prefix("///") {
            Some(comment) => doc.push(comment.trim()),
            None => fields.push(Field::parse(line, std::mem::take(&mut doc).join(" "))),
        }
    }
    fields
}

impl Field {
    fn parse(line: &str, doc: String) -> Field {
        let (of, name) = line.trim().trim_end_matches(';').split_once(' ').unwrap();
        let (name, length) = name.split_once('[').unwrap_or((name, ""));
        let length = length.strip_suffix(']').map(|length| length.parse().unwrap());
        Field { name: name.into(), of: of.into(), length, doc }
    }
}

/// `const double *x` as its type and name.
fn typed(declaration: &str) -> (String, String) {
    let start = declaration.rfind([' ', '*']).unwrap() + 1;
    (declaration[..start].trim().into(), declaration[start..].into())
}

/// The C type of a constant, which its #define does not show.
fn constant_type(name: &str, source: &str) -> String {
    let name = name.trim_start_matches("CLOUDCIRCUIT_");
    let start = format!("pub const {name}: ");
    let line = source.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
    match line.split_once(" =").unwrap().0 {
        "f64" => "double",
        "i32" => "int32_t",
        "u32" => "uint32_t",
        "i64" => "int64_t",
        "usize" => "size_t",
        other => panic!("{name} is a {other}, which build.rs does not know"),
    }
    .into()
}

const WIDTH: usize = 100;

/// A function's declaration, its arguments on lines of their own where it would be too long.
fn prototype(returns: &str, name: &str, arguments: &[(String, String)]) -> String {
    let checked = if returns == "cloudcircuit_status" { "CLOUDCIRCUIT_NODISCARD " } else { "" };
    let head = format!("{checked}{}(", joined(returns, name));
    let arguments: Vec<_> = arguments.iter().map(|(of, name)| joined(of, name)).collect();
    let arguments = if arguments.is_empty() { "void".into() } else { arguments.join(", ") };
    if head.len() + arguments.len() + 2 <= WIDTH {
        return format!("{head}{arguments});\n");
    }
    format!("{head}\n    {});\n", wrapped(&arguments).replace('\n', "\n    "))
}

fn joined(of: &str, name: &str) -> String {
    if of.ends_with('*') { format!("{of}{name}") } else { format!("{of} {name}") }
}

/// A list, broken after commas into lines that fit with their margin.
fn wrapped(list: &str) -> String {
    let mut lines = vec![String::new()];
    for word in list.split_inclusive(", ") {
        if lines.last().unwrap().len() + word.len() > WIDTH - 6 {
            lines.push(String::new());
        }
        *lines.last_mut().unwrap() += word;
    }
    let lines: Vec<_> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

/// The first sentence of a comment.
pub fn first_sentence(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap().replace('\n', " ");
    let end = [". ", "? "].iter().filter_map(|end| paragraph.find(end)).min();
    end.map_or(paragraph.clone(), |end| paragraph[..=end].to_owned())
}
