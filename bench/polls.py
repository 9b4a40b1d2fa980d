"""Puts a round up at once, as the bot would in twelve seconds: its rows in a database, its messages in a channel."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.answers.library import read_library
from bot.clock import system_clock
from bot.keys import WorkspaceKey
from bot.readiness import later
from bot.readiness.ballots import Turnout
from bot.readiness.checks import Check, read_check
from bot.readiness.drawing import digest
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import PARENT, Round
from bot.readiness.store import RoundStore
from bot.resources import KNOWLEDGE, TEMPLATES
from bot.scheduler.store import saving
from bot.slack.render import Renderer, View
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.postgres import Cluster, binaries, running_cluster

CHECK = "readiness"
LASTS = timedelta(days=1)
WRITTEN = "%20-csynchronous_commit%3Don"  # a commit survives a kill, though no power cut: as it does on our SQLite

Message = dict[str, Any]


@dataclass(frozen=True)
class Engines:
    """Empty databases on each engine that there is. The PostgreSQL server is of the benchmark's own, without fsync."""

    folder: Path
    cluster: Cluster | None

    @property
    def names(self) -> tuple[str, ...]:
        return ("sqlite", "postgresql") if self.cluster else ("sqlite",)

    @contextmanager
    def empty(self, engine: str) -> Iterator[str]:
        """The address of one."""
        if engine == "sqlite":
            yield f"sqlite:///{self.folder / secrets.token_hex(4)}.db"
        else:
            assert self.cluster
            with self.cluster.fresh_database() as address:
                yield address + WRITTEN


@contextmanager
def databases(folder: Path) -> Iterator[Engines]:
    """Without a PostgreSQL server it says so, and SQLite is measured alone."""
    found = binaries()
    if found is None:
        print("There is no PostgreSQL server (initdb in PATH or in /usr/lib/postgresql): this is SQLite alone.\n")
        yield Engines(folder, None)
        return
    with running_cluster(found) as cluster:
        yield Engines(folder, cluster)


@cache
def readiness_check() -> Check:
    """The 11 statements."""
    checks = read_library(KNOWLEDGE).checks
    return read_check(asdict(next(check for check in checks if check.id == CHECK)))


def new_round(channel_id: str, starter: str, **fields: Any) -> Round:
    now = system_clock()
    return Round(
        id=secrets.token_hex(10),
        check=readiness_check(),
        channel_id=channel_id,
        starter=starter,
        opened_at=now,
        deadline=now + LASTS,
        **fields,
    )


def put_up(
    url: str, key: WorkspaceKey, new: Round, audience: Iterable[str], post: Callable[[list[Message]], list[str]]
) -> None:
    """`post` posts the first message in the channel and the others in its thread, and gives the ts of each."""
    asked = list(audience)
    views = dict(_views(new, len(asked)))
    renderer = Renderer(TEMPLATES)
    ts = post([renderer.render(view) for view in views.values()])
    with closing(Database(url)) as database:
        migrate(database)
        rounds = RoundStore(database)
        rounds.add(key, new, asked, also=saving(key, later.on_start(new)))
        for (part, view), one in zip(views.items(), ts, strict=True):
            rounds.posted(key, new.id, part, one, digest(view))


def _views(new: Round, asked: int) -> Iterator[tuple[str, View]]:
    presenter = Presenter(dict.fromkeys((one.card for one in new.check.statements), ""))
    yield PARENT, presenter.parent(new, Turnout(0, asked))
    for one in new.check.statements:
        yield one.id, presenter.statement(new, one.id)
