"""A PostgreSQL server for tests: a copy of the installed one with the extension added, in a temporary folder,
on a socket there, run by an ordinary user."""
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time

START = 20  # seconds until it must answer
LIMIT = 1800  # of one command


class Failed(Exception):
    """A command that failed, with what it printed."""


def said(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT, **options)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command[:6]))}: {done.stdout[-3000:]}")
    return done.stdout


def config(name):
    return subprocess.check_output(["pg_config", "--" + name], text=True, timeout=LIMIT).strip()


def copy_tree(root, extension, library):
    """PostgreSQL finds its files from where its program lies: with the program copied and the rest linked, the extension is
    installed without a change to the system."""
    for name in ("sharedir", "pkglibdir"):
        there, here = config(name), root + config(name)
        os.makedirs(os.path.join(here, "extension") if name == "sharedir" else here)
        for entry in os.listdir(there):
            if entry != "extension":
                os.symlink(os.path.join(there, entry), os.path.join(here, entry))
    there = os.path.join(config("sharedir"), "extension")
    for entry in os.listdir(there):
        os.symlink(os.path.join(there, entry), os.path.join(root + there, entry))
    binaries = config("bindir")
    os.makedirs(root + binaries)
    for entry in os.listdir(binaries):
        shutil.copy(os.path.join(binaries, entry), root + binaries)
    build = os.path.join(root, "build")
    shutil.copytree(extension, os.path.join(build, "bindings/postgresql"),
                    ignore=shutil.ignore_patterns("*.o", "*.so", "*.bc", "cloudcircuit--*"))
    top = os.path.dirname(os.path.dirname(os.path.abspath(extension)))
    for entry in ("include", "Cargo.toml"):
        os.symlink(os.path.join(top, entry), os.path.join(build, entry))
    print(said(["make", "-s", "-C", os.path.join(build, "bindings/postgresql"), "install", "with_llvm=no",
                f"LIBRARY={os.path.abspath(library)}", f"DESTDIR={root}"]))
    return root + binaries


class Server:
    """A running server, as its owner's user."""

    def __init__(self, root, binaries):
        self.root, self.binaries, self.process = root, binaries, None
        self.data = os.path.join(root, "data")
        # PostgreSQL refuses to run as root.
        self.as_user = []
        if os.geteuid() == 0:
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(root, "postgres", "postgres")
        os.chmod(root, 0o755)

    def command(self, program, *arguments):
        return [*self.as_user, os.path.join(self.binaries, program), *arguments]

    def start(self, *settings):
        if not os.path.exists(self.data):
            said(self.command("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale",
                              "-N"), cwd="/")
        options = ["listen_addresses=", f"unix_socket_directories={self.root}", "fsync=off", "max_connections=60",
                   *settings]
        log = open(os.path.join(self.root, "log"), "ab")
        self.process = subprocess.Popen(
            self.command("postgres", "-D", self.data, *[word for option in options for word in ("-c", option)]),
            stdout=log, stderr=log, cwd="/")
        end = time.monotonic() + START
        while subprocess.run([os.path.join(self.binaries, "pg_isready"), "-q", "-h", self.root], timeout=LIMIT).returncode:
            if time.monotonic() > end or self.process.poll() is not None:
                raise Failed("the server does not start: " + self.log())
            time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(20)

    def log(self):
        with open(os.path.join(self.root, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    def psql(self, script, database="postgres", stop=True):
        """What a script prints, a line a row."""
        return said([os.path.join(self.binaries, "psql"), "-X", "-q", "-A", "-t", "-h", self.root, "-U", "postgres",
                     "-v", f"ON_ERROR_STOP={int(stop)}", "-d", database, "-f", "-"], input=script)

    def run(self, program, *arguments, database="postgres"):
        return said([os.path.join(self.binaries, program), "-h", self.root, "-U", "postgres", *arguments, database])


@contextlib.contextmanager
def server(extension, library, *settings):
    """A server with the extension, stopped and removed also when the test fails."""
    root = tempfile.mkdtemp(prefix="ccpg", dir="/tmp")
    started = None
    try:
        started = Server(root, copy_tree(root, extension, library))
        started.start(*settings)
        yield started
    finally:
        if started:
            started.stop()
        shutil.rmtree(root, ignore_errors=True)
