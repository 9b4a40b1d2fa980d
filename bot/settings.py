"""Typed settings from the environment and `.env`. All problems are reported at once, each with its fix."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import Refusal
from bot.variables import FIXES, SettingsError, company_folders, default_cache, sentence
from bot.workdays import Workdays

__all__ = ["FIXES", "Settings", "SettingsError", "load_settings", "readable_settings"]

SLACK_API = "https://slack.com/api/"
TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")


class Settings(BaseSettings):
    """Everything that can be set. Field names are the environment variables in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = SLACK_API
    database_url: SecretStr = SecretStr("sqlite:///cco-advisor.db")  # may hold a password
    cco_knowledge_dir: Annotated[tuple[Path, ...], NoDecode] = ()
    cco_cache_dir: Path = Field(default_factory=default_cache)
    cco_help_contact: str = Field(default="", max_length=200)
    cco_retention_days: int = Field(default=90, ge=1, le=3650)
    cco_check_starters: Annotated[tuple[str, ...], NoDecode] = ("everybody",)
    cco_admins: Annotated[tuple[str, ...], NoDecode] = ()
    cco_country: str = ""
    cco_public_url: str = ""
    cco_port: int = Field(default=8000, ge=1, le=65_535)
    cco_air_cover_days: int = Field(default=14, ge=3, le=90)
    cco_log_level: str = "INFO"

    @field_validator("cco_knowledge_dir", mode="before")
    @classmethod
    def split_folders(cls, value: Any) -> Any:
        """Several folders in one variable, as in PATH."""
        return company_folders(value) if isinstance(value, str) else value

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def token_kind(cls, value: SecretStr | None, info: Any) -> SecretStr | None:
        prefix = "xoxb-" if info.field_name == "slack_bot_token" else "xapp-"
        if value is not None and not value.get_secret_value().startswith(prefix):
            raise ValueError(f"it does not start with {prefix}")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def api_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("it is not an http address")
        return value.rstrip("/") + "/"  # slack_sdk joins method names by plain concatenation

    @field_validator("database_url")
    @classmethod
    def known_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("sqlite://", "postgres://", "postgresql")):
            raise ValueError("it is neither SQLite nor PostgreSQL")
        return value

    @field_validator("cco_check_starters", "cco_admins", mode="before")
    @classmethod
    def people(cls, value: Any, info: Any) -> Any:
        """Slack ids with commas between them; for those who may start checks also the two words."""
        if not isinstance(value, str):
            return value
        named = tuple(part.strip() for part in value.split(",") if part.strip())
        words = {"everybody", "admins"} if info.field_name == "cco_check_starters" else set()
        if not named or any(one not in words and not re.fullmatch("[UW][A-Z0-9]{2,30}", one) for one in named):
            raise ValueError("it does not name people by their Slack ids")
        return named

    @field_validator("cco_country")
    @classmethod
    def known_country(cls, value: str) -> str:
        try:
            return Workdays(value.strip().upper()).country
        except Refusal:
            raise ValueError("no holidays are known of it") from None

    @field_validator("cco_public_url")
    @classmethod
    def public_address(cls, value: str) -> str:
        """Secret links begin with it, so it is https and has nothing that ends up in a log elsewhere."""
        if value and not re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?", value):
            raise ValueError("it is not a plain https address")
        return value.rstrip("/")

    @field_validator("cco_log_level")
    @classmethod
    def known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("there is no such level")
        return value.upper()


def load_settings(*, slack: bool = False, **given: Any) -> Settings:
    """Read the settings. With `slack`, both tokens are required.

    Raises SettingsError with every problem found; no value is ever repeated in it, since it may be a secret.
    """
    settings, wrong = readable_settings(**given)
    problems = [sentence(name, problem) for name, problem in wrong.items()]
    if slack:
        missing = [name for name in TOKENS if name not in wrong and getattr(settings, name.lower()) is None]
        problems += [sentence(name, "it is missing") for name in missing]
    if problems:
        raise SettingsError(problems)
    return settings


def readable_settings(**given: Any) -> tuple[Settings, dict[str, str]]:
    """What can be read, with the default in place of what can't; and what is wrong, by variable."""
    try:
        return Settings(**given), {}
    except ValidationError as error:
        wrong = {str(item["loc"][0]): item["msg"] for item in error.errors()}
    defaults = {name: Settings.model_fields[name].get_default(call_default_factory=True) for name in wrong}
    return Settings(**given | defaults), {name.upper(): message for name, message in wrong.items()}
