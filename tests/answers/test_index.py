"""The compiled index: what is in it, when it is built anew, and that nobody sees half of one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.answers.advisor import open_advisor
from bot.answers.cards import Library
from bot.answers.evidence import Rows, Workspace
from bot.answers.index import Index, build, path_for
from bot.answers.library import content_hash, read_library
from bot.errors import Refusal
from tests.answers.conftest import Write
from tests.answers.examples import card_text, folder

Query = Callable[[str], list[Any]]


def files() -> dict[str, str | bytes]:
    return {
        **folder(bikes=card_text("bikes", asks='["Where do bikes go?", "bike shed?"]', title="Bikes")),
        "boundaries.yaml": "- {id: pay, topic: pay, nearest: [parking], asks: [What do you earn], reply: Ask Kim.}\n",
        "vocabulary.yaml": "bike: [cycle]\n",
    }


@pytest.fixture
def ours(write: Write) -> Path:
    return write("ours", files())


@pytest.fixture
def path(ours: Path, tmp_path: Path) -> Path:
    built = tmp_path / "cache" / "knowledge.db"
    build(read_library(ours), built)
    return built


@pytest.fixture
def query(path: Path) -> Query:
    def run(statement: str) -> list[Any]:
        connection = sqlite3.connect(path)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    return run


def test_any_sqlite_tool_can_browse_it(query: Query) -> None:
    names = {row[0] for row in query("SELECT name FROM sqlite_master WHERE type = 'table'")}
    tables = {"cards", "sources", "boundaries", "vocabulary", "asks", "asks_fts", "words", "arrays", "meta", "problems"}
    assert tables <= names
    assert query("SELECT id, title FROM cards ORDER BY id") == [
        ("bikes", "Bikes"),
        ("parking", "Parking at the office"),
    ]
    assert query("SELECT id, title, address FROM sources") == [("paper", "A paper", "https://example.com/paper")]


def test_full_text_search_knows_the_stem_of_a_word(query: Query) -> None:
    found = query("SELECT topic FROM asks WHERE id IN (SELECT rowid FROM asks_fts WHERE asks_fts MATCH 'earning')")
    assert found == [("boundary:pay",)]


def test_it_tells_which_knowledge_it_was_built_from(query: Query, ours: Path) -> None:
    assert query("SELECT value FROM meta WHERE key = 'content_hash'") == [(content_hash([ours]),)]


def test_the_cards_come_back_as_they_went_in(path: Path, ours: Path) -> None:
    assert Index(path).cards == read_library(ours).cards


def test_the_boundaries_come_back_with_their_reply(path: Path) -> None:
    boundary = Index(path).boundaries["pay"]
    assert (boundary.topic, boundary.nearest, boundary.reply) == ("pay", ("parking",), "Ask Kim.")


def test_the_vocabulary_comes_back(path: Path) -> None:
    assert Index(path).vocabulary.expand(["cycle"]) == ["cycle", "bike"]


def test_the_asks_with_a_word_are_rows_of_the_evidence(path: Path) -> None:
    index = Index(path)
    topics = np.searchsorted(index.evidence.first_ask, index.asks_with("shed", 5), side="right") - 1
    assert [index.evidence.names[topic] for topic in topics] == ["bikes"]


def test_an_index_is_never_written_to(path: Path) -> None:
    before = path.read_bytes()
    Index(path).asks_with("shed", 5)
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_threads_may_share_an_index(path: Path) -> None:
    index = Index(path)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: tuple(index.asks_with("park", 5)), range(20)))
    assert found == {tuple(index.asks_with("park", 5))}


def test_two_builds_give_equal_arrays(ours: Path, tmp_path: Path) -> None:
    def arrays(name: str) -> list[Any]:
        build(read_library(ours), tmp_path / name)
        connection = sqlite3.connect(tmp_path / name)
        try:
            return connection.execute("SELECT name, dtype, data FROM arrays ORDER BY name").fetchall()
        finally:
            connection.close()

    assert arrays("one.db") == arrays("two.db")


def test_rows_are_picked_in_the_order_asked_for() -> None:
    ids = np.array([1, 2, 3, 4], np.int32)
    rows = Rows(np.array([0, 1, 1, 3, 4], np.int32), ids, ids.astype(np.float32) / 2)
    found, weights = rows.joined(np.array([2, 1, 0]), Workspace())
    assert (found.tolist(), weights.tolist()) == ([2, 3, 1], [1, 1.5, 0.5])
    assert rows.sizes(np.array([2, 1, 0])).tolist() == [2, 0, 1]


def test_rows_side_by_side_are_read_in_one_piece() -> None:
    ids = np.array([1, 2, 3, 4], np.int32)
    rows = Rows(np.array([0, 1, 1, 3, 4], np.int32), ids, ids.astype(np.float32))
    assert rows.runs(np.array([0, 1, 3])) == [slice(0, 1), slice(3, 4)]
    assert rows.joined(np.array([0, 1, 3]), Workspace())[0].tolist() == [1, 4]


def test_no_rows_have_no_entries() -> None:
    ids = np.array([1, 2], np.int32)
    rows = Rows(np.array([0, 1, 2], np.int32), ids, ids.astype(np.float32))
    assert [array.tolist() for array in rows.joined(np.array([], np.int64), Workspace())] == [[], []]


def test_an_index_is_compiled_once_for_the_same_knowledge(ours: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = open_advisor(ours, (), cache)[0].index.path
    file = first.stat().st_ino
    again = open_advisor(ours, (), cache)[0].index.path
    assert (again, again.stat().st_ino) == (first, file)


def test_changed_knowledge_is_compiled_anew(write: Write, ours: Path, tmp_path: Path) -> None:
    before = open_advisor(ours, (), tmp_path / "cache")[0]
    write("ours", {"cards/parking.md": card_text(title="Parking elsewhere")})
    after = open_advisor(ours, (), tmp_path / "cache")[0]
    assert before.index.path != after.index.path
    assert [advisor.index.cards["parking"].title for advisor in (before, after)] == [
        "Parking at the office",
        "Parking elsewhere",
    ]


def test_what_is_broken_is_told_each_time_and_the_rest_works(write: Write, ours: Path, tmp_path: Path) -> None:
    company = write("company", {"bad.md": "no front matter"})
    for _ in range(2):
        advisor, problems = open_advisor(ours, [company], tmp_path / "cache")
        assert problems == read_library(ours, [company]).problems
        assert [(Path(problem.path).name, problem.line) for problem in problems] == [("bad.md", 1)]
        assert set(advisor.index.cards) == {"bikes", "parking"}


def versions(write: Write, ours: Path, cache: Path, count: int) -> Iterator[Path]:
    """The index of each of so many versions of the knowledge."""
    for number in range(count):
        write("ours", {"cards/parking.md": card_text(title=f"Version {number}")})
        yield open_advisor(ours, (), cache)[0].index.path


def age(path: Path, days: float) -> None:
    then = path.stat().st_mtime - days * 86_400
    os.utime(path, (then, then))


def test_an_index_that_nobody_opened_for_a_month_is_tidied_away(write: Write, ours: Path, tmp_path: Path) -> None:
    first, second = versions(write, ours, tmp_path / "cache", 2)
    age(first, days=31)
    age(second, days=29)
    write("ours", {"cards/parking.md": card_text(title="Another")})
    newest = open_advisor(ours, (), tmp_path / "cache")[0].index.path
    assert set((tmp_path / "cache").iterdir()) == {second, newest}


def test_an_index_in_use_outlives_many_edits(write: Write, ours: Path, tmp_path: Path) -> None:
    paths = list(versions(write, ours, tmp_path / "cache", 6))
    assert all(path.is_file() for path in paths)


def test_opening_an_index_makes_it_young_again(ours: Path, tmp_path: Path) -> None:
    path = open_advisor(ours, (), tmp_path / "cache")[0].index.path
    new = path.stat().st_mtime
    age(path, days=40)
    open_advisor(ours, (), tmp_path / "cache")
    assert path.stat().st_mtime >= new


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let an open file be removed")
def test_an_open_index_answers_on_new_threads_when_its_file_is_gone(ours: Path, tmp_path: Path) -> None:
    advisor = open_advisor(ours, (), tmp_path / "cache")[0]
    advisor.index.path.unlink()
    with ThreadPoolExecutor(1) as pool:
        card = pool.submit(lambda: advisor.ask("bike shed?").card).result()
    assert card == read_library(ours).cards["bikes"]


def test_an_error_in_compiling_reaches_whoever_opens(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="There are no cards in"):
        open_advisor(tmp_path / "empty", (), tmp_path / "cache")


COMPILE = """
import sys
from pathlib import Path
from bot.answers.advisor import open_advisor
from bot.answers.cards import Library
open_advisor(Path(sys.argv[1]), (), Path(sys.argv[2]))
print(sorted({"sqlite_utils", "pydantic", "bot.answers.library"} & sys.modules.keys()))
"""


def test_compiling_takes_no_memory_of_the_process_that_opens(ours: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMPILE, str(ours), str(tmp_path / "cache")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_folder_named_bot_where_it_is_started_does_not_get_in_the_way(ours: Path, tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise ImportError")
    from_elsewhere = {"cwd": tmp_path, "capture_output": True, "text": True}
    command = [sys.executable, "-P", "-c", COMPILE, str(ours), str(tmp_path / "cache")]
    assert subprocess.run(command, **from_elsewhere).stdout == "[]\n"  # type: ignore[call-overload]


def test_a_build_that_fails_leaves_nothing_behind(ours: Path, tmp_path: Path) -> None:
    taken = tmp_path / "cache" / "knowledge.db"
    taken.mkdir(parents=True)  # so that the finished file can't take its place
    with pytest.raises(OSError, match=r"knowledge\.db"):
        build(read_library(ours), taken)
    assert [item.name for item in taken.parent.iterdir()] == ["knowledge.db"]


def test_threads_that_build_at_once_all_get_a_whole_index(ours: Path, tmp_path: Path) -> None:
    start = threading.Barrier(4)

    def open_at_once(_: int) -> str:
        start.wait()
        return str(open_advisor(ours, (), tmp_path / "cache")[0].ask("bike shed?").ranked[0].id)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_at_once, range(4))) == ["bikes"] * 4
    assert [item.suffix for item in (tmp_path / "cache").iterdir()] == [".db"]


OPEN = """
import sys
from pathlib import Path
from bot.answers.advisor import open_advisor
from bot.answers.cards import Library
print("ready", flush=True)
sys.stdin.readline()
print(open_advisor(Path(sys.argv[1]), (), Path(sys.argv[2]))[0].ask("bike shed?").ranked[0].id)
"""


def test_processes_that_build_at_once_all_get_a_whole_index(ours: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(ours), str(tmp_path / "cache")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [subprocess.Popen(command, text=True, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60) for process in processes] == [("bikes\n", "")] * 2
    assert os.listdir(tmp_path / "cache") == [path_for(tmp_path / "cache", content_hash([ours])).name]


def test_a_check_comes_back_as_it_was_read(shipped: Library, tmp_path: Path) -> None:
    build(shipped, tmp_path / "knowledge.db")
    assert tuple(Index(tmp_path / "knowledge.db").checks.values()) == shipped.checks
