"""The pytest plugin, used by another project: the example of docs/workspace.md, taken out of the document and run."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.workspace import faults, posting
from bot.workspace.deeds import DEEDS
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Person

pytest_plugins = "pytester"

PLUGIN = "bot.workspace.plugin"
ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "workspace.md").read_text(encoding="utf-8")
EXAMPLE = dict(re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)```$", DOCUMENT, re.DOTALL | re.MULTILINE))
HEAVY = {"starlette", "uvicorn", "slack_sdk", "slack_bolt", "bot.workspace.server", "bot.clock"}
MANIFEST = '{"display_information": {"name": "Other"}, "features": {"bot_user": {"display_name": "other"}}}'


@pytest.fixture(autouse=True)
def _without_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which would take most of the time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def elsewhere(pytester: pytest.Pytester) -> pytest.Pytester:
    """Another project, with the manifest of another app."""
    pytester.path.joinpath("manifest.json").write_text(MANIFEST)
    return pytester


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider", "-W", "error", *options)


def test_the_example_in_the_documentation_passes(pytester: pytest.Pytester) -> None:
    assert EXAMPLE.keys() == {"manifest.json", "app.py", "conftest.py", "test_app.py"}
    for name, text in EXAMPLE.items():
        pytester.path.joinpath(name).write_text(text)
    run(pytester).assert_outcomes(passed=EXAMPLE["test_app.py"].count("def test_"))


def test_a_failing_expectation_shows_what_was_expected_and_the_transcript(elsewhere: pytest.Pytester) -> None:
    elsewhere.makepyfile(
        """
        def test_in_vain(workspace):
            ana = workspace.add_person("ana", "Ana Weber")
            room = workspace.add_channel("general", [ana.id])
            workspace.say(ana.id, room.id, "Is anybody there?")
            workspace.expect("Yes", "ephemeral", to=ana.id, timeout=0.0)
        """
    )
    result = run(elsewhere)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Expected an ephemeral with “Yes” (to ana)*", "*#general ana: Is anybody there?*"])


def test_a_projects_own_fixtures_come_first(elsewhere: pytest.Pytester) -> None:
    elsewhere.makeconftest("import pytest\n\n@pytest.fixture\ndef workspace():\n    return 'mine'")
    elsewhere.makepyfile("def test_mine(workspace):\n    assert workspace == 'mine'")
    run(elsewhere).assert_outcomes(passed=1)


def test_the_manifest_is_the_one_that_the_option_names(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("slack.json").write_text(MANIFEST)
    pytester.makeini("[pytest]\nslack_manifest = slack.json")
    pytester.makepyfile("def test_it(workspace):\n    assert workspace.team.app_name == 'Other'")
    run(pytester).assert_outcomes(passed=1)


def test_a_missing_manifest_is_said_with_what_to_do(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(workspace):\n    pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*manifest.json*Name the file in the pytest option slack_manifest, or override*"])


def test_other_options_of_the_server_can_be_given(elsewhere: pytest.Pytester) -> None:
    elsewhere.makeconftest(
        "import pytest\n\n@pytest.fixture\ndef slack_options():\n    return {'request_url': 'http://127.0.0.1:1/'}"
    )
    elsewhere.makepyfile(
        "def test_it(slack_server):\n    assert slack_server.courier.request_url == 'http://127.0.0.1:1/'"
    )
    run(elsewhere).assert_outcomes(passed=1)


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = f"import sys, {PLUGIN}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert PLUGIN in loaded
    assert HEAVY.isdisjoint(loaded)


def test_an_installed_package_brings_the_plugin_under_the_name_of_its_module() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}


def test_every_fault_is_documented() -> None:
    assert [name for name in faults.SWITCHES if f"`{name}`" not in DOCUMENT] == []


def test_every_deed_of_the_control_api_is_documented_with_what_it_needs() -> None:
    said = re.findall(r"`([\w-]+)` \(([^)]*)\)", DOCUMENT[DOCUMENT.index("## By HTTP") :])
    documented = {name: tuple(needs.replace(",", " ").split()) for name, needs in said}
    assert {name: deed.needs for name, deed in DEEDS.items()}.items() <= documented.items()


# -- what is expected


def test_an_expected_message_is_the_newest_that_fits(workspace: Workspace, room: Channel) -> None:
    first, second = (post(workspace, room, text=text) for text in ("one fish", "two fish"))
    assert workspace.expect("fish")["ts"] == second
    assert workspace.expect("fish", ts=first)["text"] == "one fish"
    assert workspace.expect(lambda message: message["text"].startswith("one"))["ts"] == first


def test_what_people_say_is_not_taken_for_the_apps_words(workspace: Workspace, ana: Person, room: Channel) -> None:
    workspace.say(ana.id, room.id, "hello")
    with pytest.raises(AssertionError, match="Expected a message with “hello”, but nothing"):
        workspace.expect("hello", timeout=0.0)


def test_an_expectation_finds_words_in_blocks_but_not_ids(workspace: Workspace, room: Channel) -> None:
    block = {"type": "section", "block_id": "unseen", "text": {"type": "mrkdwn", "text": "seen"}}
    post(workspace, room, text="", blocks=[block])
    assert workspace.expect("seen")["blocks"][0]["text"]["text"] == "seen"
    with pytest.raises(AssertionError):
        workspace.expect("unseen", timeout=0.0)


def test_an_expectation_of_something_unknown_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="'letter' is none of message, ephemeral, modal, home"):
        workspace.expect("hello", "letter")


def post(workspace: Workspace, room: Channel, **content: object) -> str:
    return str(posting.post_as_bot(workspace, room, content)["ts"])
