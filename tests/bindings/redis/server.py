"""A Redis server for tests: in a temporary folder, on a socket there, run by an ordinary user; and a connection to it."""
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START = 20  # seconds until it must answer


class ReplyError(Exception):
    """What the server answers instead of a value."""


class Connection:
    """A connection with `execute_command`, as clients of Redis have it."""

    def __init__(self, path, timeout=5.0):
        self.path, self.timeout, self.socket, self.buffer = path, timeout, None, b""

    def execute_command(self, *words):
        try:
            if self.socket is None:
                self.socket, self.buffer = socket.socket(socket.AF_UNIX), b""
                self.socket.settimeout(self.timeout)
                self.socket.connect(self.path)
            self.socket.sendall(packed(words))
            return self.reply()
        except OSError:
            self.close()  # what is still on its way answers another question
            raise

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def reply(self):
        line = self.line()
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise ReplyError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.exactly(int(rest) + 2)[:-2]
        if kind == b"*":
            items = []
            for _ in range(int(rest)):
                try:
                    items.append(self.reply())
                except ReplyError as error:
                    items.append(error)
            return items
        return rest

    def line(self):
        while b"\r\n" not in self.buffer:
            self.fill()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def exactly(self, count):
        while len(self.buffer) < count:
            self.fill()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data


def packed(words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


class Server:
    """A server in a folder of its own."""

    def __init__(self, root, name, module=None, *settings):
        self.folder = os.path.join(root, name)
        os.makedirs(self.folder)
        self.socket = os.path.join(self.folder, "s")
        self.module, self.settings, self.process = module, settings, None
        self.as_user = []
        if os.geteuid() == 0:
            self.as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            shutil.chown(self.folder, "nobody", "nogroup")

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        settings = ["port 0", f"unixsocket {self.socket}", "unixsocketperm 777", f"dir {self.folder}", "save ''",
                    "daemonize no", *self.settings]
        if self.module:
            settings.append(f"loadmodule {self.module}")
        words = [word.strip("'") for setting in settings for word in ("--" + setting).split(" ")]
        log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen([*self.as_user, "redis-server", *words],
                                        stdout=log, stderr=log, cwd=self.folder)
        end = time.monotonic() + START
        while not self.answers():
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError("the server does not start: " + self.log())
            time.sleep(0.02)
        return self

    def answers(self):
        try:
            return self.connect().execute_command("PING") == b"PONG"
        except (OSError, ReplyError):
            return False

    def connect(self, timeout=5.0):
        return Connection(self.socket, timeout)

    def kill(self):
        """As a machine that loses its power does not: what the system has written stays."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]


@contextlib.contextmanager
def servers():
    """Makes servers; all are stopped and removed also when the test fails."""
    root = tempfile.mkdtemp(prefix="ccre", dir="/tmp")
    os.chmod(root, 0o755)
    made = []

    def make(name, module=None, *settings):
        # The user that the server runs as may not reach the folder of the build. Copied once: a file that a server has
        # loaded must not change.
        copied = module and os.path.join(root, os.path.basename(module))
        if module and not os.path.exists(copied):
            shutil.copy(module, copied)
        made.append(Server(root, name, copied, *settings))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.stop()
        shutil.rmtree(root, ignore_errors=True)
