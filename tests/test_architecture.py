"""The house rules, read from the source: who may import whom, and that importing creates nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import bot

PACKAGE = Path(bot.__file__).parent
WINGS = ("answers", "readiness", "accountability")

# Each file of a wing by the room it is in; imports point to the same floor or down.
# `posting` and `presenting` are parts of the service that have grown out of its file.
FLOORS = {"listeners": 3, "service": 2, "posting": 2, "presenting": 2, "store": 1, "views": 1}
FLOORS |= dict.fromkeys(  # the use cases of a wing that has many, by theme; its service puts them together
    (
        "catalogue",
        "starting",
        "voting",
        "confirming",
        "drawing",
        "troubles",
        "finding",
        "running",
        "chasing",
        "repeating",
        "recalling",
        "history",
    ),
    2,
)
FLOORS |= dict.fromkeys(("sending", "knowing", "leading", "rating"), 2)  # what the parts of accountability share
FLOORS |= dict.fromkeys(("rights", "doing", "dating", "redrawing", "telling"), 2)  # commitments
FLOORS |= {"shown": 1}  # what the views of several rooms hold
FLOORS |= dict.fromkeys(("reminding", "claiming", "choosing", "outlook"), 2)  # about reminders
FLOORS |= dict.fromkeys(("papers", "showing", "attending"), 2)  # sessions
FLOORS |= dict.fromkeys(("changing", "retiming", "rescheduling", "sponsoring", "announcing", "calendars"), 2)  # series
FLOORS |= {"looking": 2}  # air cover
FLOORS |= {"tables": 1}  # of a wing whose store became too long a file: its stores are …_store
FLOORS |= {"archive": 2}  # what several ways out of the bot share
MODEL = 0  # cards, matching, decision, …: every file of a wing that is not named here
EDGE = {"terminal"}  # shows answers in a terminal as listeners do in Slack; only the command line calls it
CLOCKS = {"bot.clock", "time", "sched"}
MAKERS = {
    "App",
    "Bot",
    "Database",
    "Environment",
    "Gateway",
    "Advisor",
    "Renderer",
    "Settings",
    "SocketModeHandler",
    "Thread",
    "ThreadPoolExecutor",
    "WebClient",
    "basicConfig",
    "build",
    "connect",
    "create_engine",
    "load_settings",
    "open",
    "open_advisor",
    "read_bytes",
    "read_text",
    "system_clock",
    "now",
    "mkdir",
    "getenv",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(encoding="utf-8"))


TREES = dict(sources())
EVERY = pytest.mark.parametrize("module", sorted(TREES))


def imports(module: str) -> set[str]:
    """Every module that this one imports, anywhere in it; what is imported for types alone counts as well."""
    found: set[str] = set()
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            whole = str(node.module)
            found |= {f"{whole}.{name.name}" if f"{whole}.{name.name}" in TREES else whole for name in node.names}
    return found


def package_of(name: str) -> str:
    return name.partition(".")[0]


def wing_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 2 and parts[1] in WINGS else ""


def room_of(module: str) -> str:
    return module.rpartition(".")[2]


def floor_of(module: str) -> int:
    room = room_of(module)
    return FLOORS.get("store" if room.endswith("_store") else room, MODEL)


def is_model(module: str) -> bool:
    return bool(wing_of(module)) and floor_of(module) == MODEL and room_of(module) not in EDGE


IMPORTS = {name: imports(name) for name in TREES}
IN_WINGS = {name for name in TREES if wing_of(name)}
MODELS = {name for name in TREES if is_model(name)}
SLACK_SIDE = {name for name in TREES if name.startswith("bot.slack")}
STORAGE = {name for name in TREES if name.startswith("bot.storage")}
SCHEDULER = {name for name in TREES if name.startswith("bot.scheduler")}
WORKSPACE = {name for name in TREES if name.startswith("bot.workspace")}
LISTENERS = {name for name in IN_WINGS if room_of(name) == "listeners"}
STORES = {name for name in TREES if room_of(name) == "store" or room_of(name).endswith("_store")}
TABLES = {name for name in TREES if room_of(name) == "tables"}  # of a wing with more than one store
VIEWS = {name for name in IN_WINGS if room_of(name) == "views"}
TOP = {
    "bot.agenda",
    "bot.app",
    "bot.cli",
    "bot.running",
    "bot.demo",
    "bot.doctor",
    "bot.guidance",
    "bot.opening",
    "bot.records",
    "bot.seams",
}


def breaches(modules: Iterable[str], breaks: Callable[[str, str], bool]) -> set[str]:
    """Which of these modules imports what it must not."""
    return {f"{module} imports {name}" for module in modules for name in IMPORTS[module] if breaks(module, name)}


def test_the_source_is_found() -> None:
    assert {"bot", "bot.app", "bot.answers.cards", "bot.slack.gateway", "bot.workspace.server"} <= TREES.keys()
    assert "bot.answers.matching" in MODELS
    assert "bot.answers.service" not in MODELS
    assert "bot.slack.ids" in imports("bot.answers.listeners")
    assert breaches(LISTENERS, lambda _, name: name == "bot.slack.ids")


def test_imports_within_a_wing_point_down() -> None:
    rooms = {name for name in IN_WINGS if room_of(name) not in EDGE}
    assert not breaches(rooms, lambda one, other: wing_of(one) == wing_of(other) and floor_of(other) > floor_of(one))


def test_stores_and_views_do_not_know_each_other() -> None:
    shared = {"bot.scheduler.store"}  # what a fact causes later is planned in the fact's own transaction
    assert not breaches(STORES | VIEWS, lambda _, name: name in (STORES | VIEWS) - shared)


def test_the_themes_of_a_wing_know_each_other_in_one_direction() -> None:
    around: dict[str, set[str]] = {}
    for module in IN_WINGS:
        around.setdefault(theme_of(module), set()).update(map(theme_of, IMPORTS[module] & IN_WINGS))
    themes = {theme: others - {theme, ""} for theme, others in around.items() if theme}
    assert {"bot.accountability.commitments", "bot.accountability.nudges"} <= themes.keys()
    assert list(TopologicalSorter(themes).static_order())  # raises CycleError, with the circle


def theme_of(module: str) -> str:
    """The package within a wing; empty for the rooms that all of its themes share."""
    parts = module.split(".")
    return ".".join(parts[:3]) if len(parts) > 3 else ""


def test_a_wing_knows_of_another_only_its_service() -> None:
    assert not breaches(IN_WINGS, lambda one, other: is_inside_another_wing(one, other))


def is_inside_another_wing(one: str, other: str) -> bool:
    return wing_of(other) not in {"", wing_of(one)} and room_of(other) != "service"


def test_only_the_top_knows_the_top() -> None:
    assert not breaches(TREES.keys() - TOP, lambda _, name: name in TOP)


def test_the_shared_floors_do_not_know_the_wings() -> None:
    ground = {"bot.errors", "bot.clock", "bot.keys", "bot.settings", "bot.resources", "bot.workdays"}
    shared = SLACK_SIDE | STORAGE | SCHEDULER | ground
    assert not breaches(shared, lambda _, name: bool(wing_of(name)))


def test_the_storage_and_the_scheduler_do_not_know_slack() -> None:
    assert not breaches(STORAGE | SCHEDULER, lambda _, name: name in SLACK_SIDE)


def test_slacks_libraries_stay_on_the_slack_side() -> None:
    others = TREES.keys() - SLACK_SIDE - WORKSPACE - LISTENERS - {"bot.app"}
    assert not breaches(others, lambda _, name: package_of(name) in {"slack_sdk", "slack_bolt"})


def test_sqlalchemy_and_alembic_stay_in_the_storage_and_the_stores() -> None:
    others = TREES.keys() - STORAGE - STORES - TABLES
    assert not breaches(others, lambda _, name: package_of(name) in {"sqlalchemy", "alembic"})


def test_what_decides_knows_no_slack_no_store_and_no_clock() -> None:
    assert not breaches(MODELS, lambda _, name: name in SLACK_SIDE | STORAGE | STORES | VIEWS | CLOCKS)


def test_what_decides_does_not_ask_for_the_time() -> None:
    asking = {name for name in MODELS if {"now", "utcnow", "today", "system_clock"} & set(calls(TREES[name]))}
    assert asking == set()


def test_the_local_workspace_shares_no_code_with_the_bot_but_the_clock() -> None:
    shared = {"bot.clock"}  # the demo moves one for both
    assert not breaches(WORKSPACE, lambda _, name: package_of(name) == "bot" and name not in WORKSPACE | shared)


def test_only_the_demo_knows_the_local_workspace() -> None:
    assert not breaches(TREES.keys() - WORKSPACE - {"bot.demo"}, lambda _, name: name in WORKSPACE)


def test_importing_creates_nothing() -> None:
    made = {name: made_by(tree) for name, tree in TREES.items() if made_by(tree)}
    assert made == {}


def made_by(tree: ast.Module) -> set[str]:
    return {call for node in at_import(tree) for call in calls(node)} & MAKERS


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs when a module is imported: all of it but the insides of functions and the entry of a script."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (n for n in node.body if not isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_entry(node):
            yield node


def is_entry(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)


def calls(tree: ast.AST) -> Iterator[str]:
    """The last name of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func
            yield name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")


@pytest.mark.parametrize(
    "source",
    ["app = App()", "class A:\n    pool = ThreadPoolExecutor(5)", "X = load_settings()", "if True:\n    Database('x')"],
)
def test_the_rule_against_creating_at_import_would_notice(source: str) -> None:
    assert made_by(ast.parse(source))


@pytest.mark.parametrize("source", ["def f():\n    return App()", "class A:\n    def g(self):\n        Database('x')"])
def test_the_rule_against_creating_at_import_lets_functions_create(source: str) -> None:
    assert [call for node in at_import(ast.parse(source)) for call in calls(node)] == []
