"""Puts the library into the wheel, and its sources into the sdist.

CLOUDCIRCUIT_LIBRARY names a built library, CLOUDCIRCUIT_LIBRARY_V3 one for CPUs of level x86-64-v3 that goes in next
to it, CLOUDCIRCUIT_WHEEL_PLATFORM the platform that they are for. Without them cargo builds one for this machine.
"""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ["Cargo.toml", "Cargo.lock", "build.rs", "cbindgen.toml", "build", "src", "LICENSE"]


class LibraryHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        here = Path(self.root)
        # An sdist carries the sources in a folder of its own; a checkout has them two floors up.
        sources = here / "library" if (here / "library").is_dir() else here.parents[1]
        if self.target_name == "sdist":
            for name in SOURCES:
                build_data["force_include"][str(sources / name)] = f"library/{name}"
            return
        library = os.environ.get("CLOUDCIRCUIT_LIBRARY") or self.build(sources)
        platform = os.environ.get("CLOUDCIRCUIT_WHEEL_PLATFORM") or sysconfig.get_platform()
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + platform.replace("-", "_").replace(".", "_")
        build_data["force_include"][str(sources / "LICENSE")] = "cloudcircuit/LICENSE"
        build_data["force_include"][library] = "cloudcircuit/libcloudcircuit.so"
        if quicker := os.environ.get("CLOUDCIRCUIT_LIBRARY_V3"):
            build_data["force_include"][quicker] = "cloudcircuit/x86-64-v3/libcloudcircuit.so"

    def build(self, sources: Path) -> str:
        target = Path(self.directory) / "cargo"
        cargo = ["cargo", "build", "--release", "--lib", "--locked", "--target-dir", str(target)]
        subprocess.run(cargo, cwd=sources, check=True)
        return str(target / "release" / "libcloudcircuit.so")
