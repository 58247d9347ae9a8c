"""The Conan recipe of the sources that it lies in: conan create packaging/conan. It needs cargo and make."""
import os
import re

from conan import ConanFile
from conan.tools.files import copy, load, rm

SOURCES = (
    "Cargo.toml", "Cargo.lock", "build.rs", "cbindgen.toml", "Makefile", "LICENSE",
    "build/*", "docs/*", "examples/*", "include/*", "packaging/*", "programs/*", "src/*",
)


class Cloudcircuit(ConanFile):
    name = "cloudcircuit"
    description = "Spend safeguards as pure functions behind a C ABI"
    license = "MIT"
    settings = "os", "arch"
    options = {"shared": [True, False]}
    default_options = {"shared": False}

    @property
    def _root(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        manifest = load(self, os.path.join(self._root, "Cargo.toml"))
        self.version = re.search('^version = "(.*)"', manifest, re.M)[1]

    def export_sources(self):
        for pattern in SOURCES:
            copy(self, pattern, src=self._root, dst=self.export_sources_folder)

    def build(self):
        self.run("make static")

    def package(self):
        self.run(f'make install PREFIX="{self.package_folder}"', cwd=self.build_folder)
        unwanted = "*.a" if self.options.shared else "*.so*"
        rm(self, unwanted, os.path.join(self.package_folder, "lib"))
        copy(self, "LICENSE", src=self.build_folder, dst=os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        target = "cloudcircuit" if self.options.shared else "cloudcircuit_static"
        self.cpp_info.libs = ["cloudcircuit"]
        self.cpp_info.set_property("cmake_file_name", "cloudcircuit")
        self.cpp_info.set_property("cmake_target_name", f"cloudcircuit::{target}")
        self.cpp_info.set_property("pkg_config_name", "cloudcircuit")
