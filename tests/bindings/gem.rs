//! What `make gem` makes: a gem with the library in it, and one of sources, each installed into an empty GEM_HOME.

use super::ruby::has_ruby;
use super::support::{has_tool, is_long, run, scratch};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn has_gem(check: &str) -> bool {
    has_ruby(check) && has_tool("gem", check)
}

/// Makes both gems, once. Returns the folder with them.
fn made() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| super::make(&["gem"]))
}

/// The gem, installed where no other is, next to the machine's ffi.
fn installed(gem: &Path) -> PathBuf {
    let home = scratch("home");
    fs::remove_dir_all(&home).unwrap();
    let mut install = Command::new("gem");
    install.args(["install", "--local", "--ignore-dependencies", "--no-document", "--install-dir"]);
    install.arg(&home).arg(gem).env_remove("CARGO_TARGET_DIR").env("CARGO", env!("CARGO"));
    run(install.env("CARGO_NET_OFFLINE", "true"));
    home
}

/// Requires it from elsewhere, with nothing that says where a library is: it loads the one in its home.
fn decides(home: &Path, library: &str) {
    let program = "require 'cloudcircuit'\n\
        p Cloudcircuit.check_budget(current_spend: 9, budget_limit: 10).warning?\n\
        puts Cloudcircuit.library_version\n\
        puts Cloudcircuit.const_get(:Library).ffi_libraries.first.name";
    let mut ruby = Command::new("ruby");
    ruby.current_dir(scratch("elsewhere")).args(["-w", "-e", program]);
    ruby.env("GEM_PATH", format!("{}:", home.display())).env_remove("CLOUDCIRCUIT_LIBRARY");
    let said = run(ruby.env_remove("LD_LIBRARY_PATH"));
    let loaded = Path::new(said.strip_prefix(&format!("true\n{VERSION}\n")).unwrap().trim());
    assert!(loaded.starts_with(home) && loaded.ends_with(library), "{said}");
}

#[test]
fn the_platform_gem_needs_no_installed_library() {
    if has_gem("the Ruby gem with the library in it") {
        let platform = run(Command::new("ruby").args(["-e", "print Gem::Platform.local.os"]));
        let gem = format!("cloudcircuit-{VERSION}-{}-{platform}.gem", env::consts::ARCH);
        let library = format!("cloudcircuit/{}libcloudcircuit.so", super::level());
        decides(&installed(&made().join(gem)), &library);
    }
}

/// In CI: it builds the library from nothing.
#[test]
fn the_gem_of_sources_builds_the_library() {
    let check = "the Ruby gem of sources";
    if is_long(check) && has_gem(check) {
        let gem = made().join(format!("cloudcircuit-{VERSION}.gem"));
        decides(&installed(&gem), "cloudcircuit/libcloudcircuit.so");
    }
}
