"""A PostgreSQL server of the tests' own: one throw-away cluster, and an empty schema in it for each test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg

OWNER = "postgres"  # the cluster's superuser, who needs no password: only this machine's socket leads in
READY = b"ready to accept connections"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "log_min_messages": "log",  # hides the errors that tests bring about, shows that the server is ready
    "log_checkpoints": "off",
}
NEITHER = "No PostgreSQL server was found (initdb in PATH or /usr/lib/postgresql); its half of the tests is left out."


def binaries() -> Path | None:
    """The folder with initdb and postgres, the newest version first."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if _has_server(folder)), None)


def _has_server(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))


class Cluster:
    """A running server, reached through a Unix socket in its own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._connection = psycopg.connect(self.address(), autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def address(self, schema: str = "public") -> str:
        """As a host would hand it out: `postgres://`, without a driver."""
        return f"postgres://{OWNER}@/postgres?host={self._folder}&options=-csearch_path%3D{schema}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The address of an empty schema, much quicker to make than a database, which is gone afterwards."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE SCHEMA {name}")
        try:
            yield self.address(name)
        finally:
            self._run(f"DROP SCHEMA {name} CASCADE")

    def _run(self, statement: str) -> None:
        self._connection.execute(statement.encode())


@contextmanager
def running_cluster(folder_of_binaries: Path) -> Iterator[Cluster]:
    """Make a cluster, start it, and remove every trace of it at the end."""
    with tempfile.TemporaryDirectory(prefix="cco-pg-") as name:
        folder, user = Path(name), _user()
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        start = [folder_of_binaries / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(start, check=True, capture_output=True, user=user, cwd=folder)
        with _serving(folder_of_binaries / "postgres", data, folder, user), closing(Cluster(folder)) as cluster:
            yield cluster


def _user() -> str | None:
    """PostgreSQL refuses to run as root; somebody else must then own it."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@contextmanager
def _serving(postgres: Path, data: Path, sockets: Path, user: str | None) -> Iterator[None]:
    settings = {**SETTINGS, "unix_socket_directories": str(sockets)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    command = [postgres, "-D", data, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, user=user, cwd=sockets) as server:
        try:
            _await_ready(server)
            yield
        finally:
            server.terminate()
            server.communicate()  # reads what is still being said, so that the server can end


def _await_ready(server: subprocess.Popen[bytes]) -> None:
    said = []
    for line in server.stderr or ():
        said.append(line.decode(errors="replace"))
        if READY in line:
            return
    raise RuntimeError("PostgreSQL did not start:\n" + "".join(said))
