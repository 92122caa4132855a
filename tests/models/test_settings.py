"""Settings: every field is a row of the README's table, and what cannot be used is refused without being shown."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.faults import Refusal
from models.settings import Settings, read_settings

README = Path(__file__).parents[2] / "README.md"
ROW = re.compile(r"^\| *`?(KIBARO_[A-Z_]+)`? *\| *(.*?) *\| *(.*?) *\|$", re.MULTILINE)


def plain(cell: str) -> str:
    """A table's cell without its code marks; what stands for nothing is nothing."""
    cell = cell.replace("`", "").strip()
    return "" if cell in {"", "(empty)", "empty", "-", "(none)"} else cell


def test_the_readme_lists_every_setting_with_its_default_and_what_it_does() -> None:
    documented = {name: (plain(default), plain(says)) for name, default, says in ROW.findall(README.read_text("utf-8"))}
    fields = {
        f"KIBARO_{name.upper()}": (plain(str(field.default)), plain(field.description or ""))
        for name, field in Settings.model_fields.items()
    }
    assert documented == fields


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_cannot_be_changed() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.country = "BF"  # type: ignore[misc]  # that is the point


def test_without_an_environment_the_defaults_are_those_of_the_design() -> None:
    settings = read_settings()
    assert settings.database_url == "sqlite:///kibaro.db"
    assert settings.key_file == Path("kibaro.key")
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.embedded


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("PUBLIC_URL", "kibaro.example.org", id="an address without scheme"),
        pytest.param("COUNTRY", "Guinea", id="a country's name"),
        pytest.param("COUNTRY", "gn", id="small letters"),
        pytest.param("TIMEZONE", "Conakry/Africa", id="no such zone"),
        pytest.param("LANGUAGE", "english", id="no code of a language"),
        pytest.param("TALLIES_EVERY_S", "0", id="never"),
        pytest.param("REPLIES_PER_DAY", "many", id="no number"),
        pytest.param("LOG_LEVEL", "LOUD", id="no such level"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"KIBARO_{name}", value)
    with pytest.raises(Refusal) as caught:
        read_settings()
    assert f"KIBARO_{name}:" in caught.value.detail
    if len(value) > 2 and name != "TIMEZONE":  # the name of a zone is no secret, and to see it helps
        assert value not in caught.value.detail


def test_several_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIBARO_COUNTRY", "Guinea")
    monkeypatch.setenv("KIBARO_LOG_LEVEL", "LOUD")
    with pytest.raises(Refusal, match=r"(?s)KIBARO_COUNTRY.*KIBARO_LOG_LEVEL"):
        read_settings()


def test_the_public_url_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIBARO_PUBLIC_URL", "https://kibaro.example.org/")
    assert read_settings().public_url == "https://kibaro.example.org"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", ()), ("+224,+226", ("+224", "+226")), (" +224 , ,+226 ", ("+224", "+226"))],
    ids=["every country", "two", "spaces and gaps"],
)
def test_prefixes_are_a_list(value: str, expected: tuple[str, ...]) -> None:
    assert Settings(reply_prefixes=value).prefixes == expected
