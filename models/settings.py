"""Settings: one frozen value, read from the environment (prefix KIBARO_) at the entrance and passed in from there."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.faults import Refusal


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = f"{name!r} is no IANA time zone; write one like Africa/Conakry"
        raise ValueError(message)
    return name


def _url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        message = "must begin with http:// or https://"
        raise ValueError(message)
    return url.rstrip("/")


class Settings(BaseSettings):
    """Each field's description is its row in the README; a test compares the two."""

    model_config = SettingsConfigDict(env_prefix="KIBARO_", frozen=True, extra="ignore")

    database_url: str = Field("sqlite:///kibaro.db", description="where the store is: a SQLite file or postgresql://…")
    key_file: Path = Field(
        Path("kibaro.key"), description="the secrets that open the store; best on a removable medium, never in a backup"
    )
    public_url: Annotated[str, AfterValidator(_url)] = Field(
        "http://127.0.0.1:8000", description="the address providers call; signatures are checked against it"
    )
    country: str = Field(
        "GN", pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2; the region of numbers written without +"
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC", description="the time zone where no locality gives one"
    )
    language: str = Field(
        "fr", pattern=r"^[a-z]{2}$", description="language of replies when neither person nor channel has one"
    )
    tallies_every_s: int = Field(10, ge=1, le=3600, description="how often counts are brought up to date, in seconds")
    closes_after_days: int = Field(
        30, ge=0, le=3660, description="days after its end until a period is final; what changes later is listed"
    )
    replies_per_hour: int = Field(
        6,
        ge=0,
        description="most replies to one sender an hour (of danger and of erasing as many again, each for itself)",
    )
    replies_per_sender_day: int = Field(20, ge=0, description="most replies to one sender a day, likewise")
    replies_per_enrolled_hour: int = Field(
        60, ge=0, description="most replies an hour to one enrolled reporter, who must hear what is wrong in a code"
    )
    replies_per_enrolled_day: int = Field(200, ge=0, description="most replies a day to one enrolled reporter")
    replies_per_day: int = Field(
        5000, ge=0, description="most texts sent a day by the whole installation; later ones wait until the next day"
    )
    reply_prefixes: str = Field(
        "", description="comma-separated number prefixes that may be answered, as +224,+226; empty: every country"
    )
    reply_expires_h: int = Field(
        24, ge=1, le=168, description="a reply not handed over after so many hours is given up"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="how much is logged")

    @property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.reply_prefixes.split(",") if part.strip())

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_settings() -> Settings:
    """Raises Refusal naming every variable that cannot be used, without its value."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"KIBARO_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise Refusal("The environment cannot be used:\n  " + "\n  ".join(lines)) from None
