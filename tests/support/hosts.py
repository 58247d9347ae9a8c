"""The programs that prove a library from outside: the hosts of tests/contract/, the test vectors and the golden cases."""
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Host:
    """A program in C or C++ that is linked with the library."""
    name: str
    source: Path
    runs: list  # the arguments of each run
    ending: str = "all checks passed"  # of the last line that a run prints which finds nothing wrong

    @property
    def is_cpp(self):
        return self.source.suffix == ".cpp"

    @property
    def standard(self):
        return "-std=c++17" if self.is_cpp else "-std=c99"

    def passes(self, printed):
        return printed.rstrip().endswith(self.ending)


def contract_hosts(few=True):
    """`few` leaves out repetitions, for a library or a machine that is slow."""
    sources = sorted((ROOT / "tests/contract").glob("*.c"))
    assert len(sources) >= 23, sources
    return [Host(source.stem, source, [["few"] if few else []]) for source in sources]


def vectors_host():
    files = sorted((ROOT / "tests/vectors").glob("*.txt"))
    assert len(files) >= 7, files
    return Host("vectors", ROOT / "tests/vectors/host.c", [[file.stem, str(file)] for file in files], " 0 skipped")


def golden_host():
    return Host("golden", ROOT / "tests/bindings/cpp/golden.cpp", [[str(ROOT / "tests/golden/cases.txt")]])


def all_hosts(few=True):
    return [*contract_hosts(few), vectors_host(), golden_host()]
