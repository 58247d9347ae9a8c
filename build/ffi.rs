//! The header for hosts without a preprocessor, include/cloudcircuit_ffi.h: LuaJIT, PHP and Python's cffi read it as
//! it is.

use super::items::{Item, Kind};

const HEAD: &str = "\
/* libcloudcircuit for hosts without a preprocessor: LuaJIT's ffi.cdef, PHP's FFI::cdef, Python's cffi.
   Constants are those that an int holds; cloudcircuit.json has the others, cloudcircuit.h what everything means. */

";

/// A header of declarations alone.
pub struct FfiHeader {
    declarations: String,
    constants: String,
}

impl FfiHeader {
    pub fn new() -> FfiHeader {
        FfiHeader { declarations: String::new(), constants: String::new() }
    }

    pub fn add(&mut self, item: &Item) {
        match &item.kind {
            Kind::Constant { value, .. } => {
                if let Ok(number) = value.trim_end_matches('u').parse::<i32>() {
                    self.constants += &format!("    {} = {number},\n", item.name);
                }
            }
            Kind::Type | Kind::Struct(_) | Kind::Function { .. } => {
                let lines = item.text.lines().filter(|line| !line.trim().starts_with("//"));
                for line in lines {
                    self.declarations += line.trim_start_matches("CLOUDCIRCUIT_NODISCARD ");
                    self.declarations.push('\n');
                }
            }
        }
    }

    pub fn to_c(&self) -> String {
        let constants = self.constants.trim_end_matches(",\n");
        format!("{HEAD}enum {{\n{constants}\n}};\n\n{}", self.declarations)
    }
}
