"""Settings: read from the environment, all problems told at once, secrets never shown."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from bot.settings import FIXES, SLACK_API, Settings, SettingsError, load_settings, readable_settings

BOT, APP = "xoxb-s3cret-1", "xapp-s3cret-2"
DATABASE = "postgres://user:s3cret@host:5432/cco"
WRONG = {
    "SLACK_BOT_TOKEN": "s3cret",
    "SLACK_APP_TOKEN": "xoxb-s3cret",
    "SLACK_API_URL": "slack.example",
    "DATABASE_URL": "mysql://user:s3cret@host/cco",
    "CCO_KNOWLEDGE_DIR": "/no/such/folder",
    "CCO_HELP_CONTACT": "x" * 201,
    "CCO_RETENTION_DAYS": "soon",
    "CCO_COUNTRY": "s3cret",
    "CCO_PUBLIC_URL": "http://s3cret.example",
    "CCO_PORT": "s3cret",
    "CCO_AIR_COVER_DAYS": "2",
    "CCO_LOG_LEVEL": "LOUD",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No variable of ours is set, and there is no .env."""
    for name in FIXES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def set_all(environment: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        environment.setenv(name, value)


def problems(*, slack: bool = False) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load_settings(slack=slack)
    assert str(raised.value) == "\n".join(raised.value.problems)
    return raised.value.problems


# Reading


def test_nothing_set_is_enough_without_slack() -> None:
    settings = load_settings()
    assert settings.slack_api_url == SLACK_API
    assert settings.database_url.get_secret_value() == "sqlite:///cco-advisor.db"
    assert (settings.cco_retention_days, settings.cco_log_level) == (90, "INFO")


def test_variables_are_read_from_the_environment(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    set_all(bare, {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP, "CCO_RETENTION_DAYS": "30"})
    set_all(bare, {"CCO_KNOWLEDGE_DIR": f"{ours}{os.pathsep}{theirs}", "CCO_LOG_LEVEL": "debug"})
    settings = load_settings(slack=True)
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == BOT
    assert settings.cco_knowledge_dir == (ours, theirs)
    assert (settings.cco_retention_days, settings.cco_log_level) == (30, "DEBUG")


def test_variables_are_read_from_a_dotenv_file_and_the_environment_wins(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN={BOT}\nSLACK_APP_TOKEN={APP}\nCCO_RETENTION_DAYS=30\n")
    bare.setenv("CCO_RETENTION_DAYS", "60")
    assert load_settings(slack=True).cco_retention_days == 60


def test_the_sample_file_as_it_is_shipped_counts_as_nothing_set(tmp_path: Path) -> None:
    sample = Path(__file__).parent.parent / ".env.sample"
    (tmp_path / ".env").write_text(sample.read_text(encoding="utf-8"), encoding="utf-8")
    assert [problem.partition(":")[0] for problem in problems(slack=True)] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]


def test_the_sample_file_names_every_variable_but_the_cache() -> None:
    sample = (Path(__file__).parent.parent / ".env.sample").read_text(encoding="utf-8")
    assert {name for name in FIXES if f"{name}=" in sample} == FIXES.keys() - {"CCO_CACHE_DIR"}


def test_every_setting_has_its_fix() -> None:
    assert {name.upper() for name in Settings.model_fields} == FIXES.keys()


def test_a_country_is_two_letters_in_any_case(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CCO_COUNTRY", "de ")
    assert load_settings().cco_country == "DE"


@pytest.mark.parametrize("address", ["https://cco.example.com/bot", "https://cco.example.com/bot/"])
def test_the_public_address_is_joined_to_what_follows(bare: pytest.MonkeyPatch, address: str) -> None:
    bare.setenv("CCO_PUBLIC_URL", address)
    assert load_settings().cco_public_url == "https://cco.example.com/bot"


@pytest.mark.parametrize(
    "wrong", ["cco.example.com", "https://", "https://user:s3cret@cco.example.com", "https://x/?a=b"]
)
def test_a_public_address_is_plain_and_https(bare: pytest.MonkeyPatch, wrong: str) -> None:
    bare.setenv("CCO_PUBLIC_URL", wrong)
    assert [problem.partition(":")[0] for problem in problems()] == ["CCO_PUBLIC_URL"]


@pytest.mark.parametrize("address", ["http://127.0.0.1:99/api", "http://127.0.0.1:99/api/"])
def test_the_api_address_ends_with_a_slash(bare: pytest.MonkeyPatch, address: str) -> None:
    bare.setenv("SLACK_API_URL", address)
    assert load_settings().slack_api_url == "http://127.0.0.1:99/api/"


# Problems


def test_all_problems_come_at_once_each_with_its_variable_and_its_fix(bare: pytest.MonkeyPatch) -> None:
    set_all(bare, WRONG)
    found = problems(slack=True)
    assert [problem.partition(":")[0] for problem in found] == list(WRONG)
    for problem in found:
        assert problem.endswith(f"; {FIXES[problem.partition(':')[0]]}.")


def test_a_missing_token_is_told_beside_other_problems(bare: pytest.MonkeyPatch) -> None:
    set_all(bare, {"SLACK_BOT_TOKEN": BOT, "CCO_RETENTION_DAYS": "0"})
    assert [problem.partition(":")[0] for problem in problems(slack=True)] == ["CCO_RETENTION_DAYS", "SLACK_APP_TOKEN"]


def test_missing_tokens_are_no_problem_where_slack_is_not_needed(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CCO_RETENTION_DAYS", "4000")
    (problem,) = problems()
    assert problem.startswith("CCO_RETENTION_DAYS: ")


def test_an_empty_variable_counts_as_missing(bare: pytest.MonkeyPatch) -> None:
    set_all(bare, {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": APP})
    (problem,) = problems(slack=True)
    assert problem.startswith("SLACK_BOT_TOKEN: it is missing; ")


def test_a_folder_that_is_not_there_is_named(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CCO_KNOWLEDGE_DIR", "/no/such/folder")
    (problem,) = problems()
    assert "/no/such/folder" in problem


def test_what_can_be_read_is_read_beside_what_is_wrong(bare: pytest.MonkeyPatch) -> None:
    set_all(bare, {"SLACK_BOT_TOKEN": BOT, "CCO_RETENTION_DAYS": "soon"})
    settings, wrong = readable_settings()
    assert wrong.keys() == {"CCO_RETENTION_DAYS"}
    assert settings.cco_retention_days == 90
    assert settings.slack_bot_token is not None


# Secrets


def test_no_problem_repeats_a_value(bare: pytest.MonkeyPatch) -> None:
    set_all(bare, WRONG)
    with pytest.raises(SettingsError) as raised:
        load_settings(slack=True)
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert "s3cret" not in shown
    assert raised.value.__context__ is None


def test_settings_never_show_their_secrets(bare: pytest.MonkeyPatch) -> None:
    set_all(bare, {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP, "DATABASE_URL": DATABASE})
    settings = load_settings(slack=True)
    shown = f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    assert "s3cret" not in shown
