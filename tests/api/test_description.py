"""The description of the API: whole, valid, with examples that are true, and the same as the last one that was read.

After a change that is meant: KIBARO_TEST_RENEW=1 pytest -n 0 tests/api/test_description.py, then read the difference.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate

from api.description import TOLD
from api.examples import EXAMPLES
from kibaro import create_app
from tests.conftest import Store

SNAPSHOT = Path(__file__).with_name("openapi.json")
UNDESCRIBED = {"/intake/{channel_name}", "/intake/{channel_name}/status", "/metrics"}
"""What others define: a provider's form, Prometheus's text."""


@pytest.fixture
def engine() -> str:
    return "sqlite"  # the description knows no store


@pytest.fixture
def app(store: Store) -> FastAPI:
    return create_app(store.settings, with_jobs=False)


@pytest.fixture
def described(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", path, operation


def test_the_description_is_valid_openapi(described: dict[str, Any]) -> None:
    validate(described)


def test_the_description_is_the_one_that_was_read_last(described: dict[str, Any]) -> None:
    text = json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("KIBARO_TEST_RENEW"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == json.loads(text)


def test_every_operation_says_what_it_does_and_answers_with_an_example(described: dict[str, Any]) -> None:
    for name, path, operation in operations(described):
        assert operation.get("description"), name
        if path in UNDESCRIBED or name.startswith("DELETE"):
            continue
        assert name in TOLD, name
        content = operation["responses"][str(TOLD[name].status)]["content"]["application/json"]
        assert content["schema"], name
        assert content["example"], name
    assert set(TOLD) == set(EXAMPLES)
    assert set(TOLD) <= {name for name, _, _ in operations(described)}


def test_every_body_that_is_sent_has_an_example(described: dict[str, Any]) -> None:
    for name, path, operation in operations(described):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = content["schema"]
            if "$ref" in schema:
                schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            assert path in UNDESCRIBED or content.get("examples") or schema.get("examples"), name


def test_every_keyed_operation_tells_its_problems(described: dict[str, Any]) -> None:
    for name, _, operation in operations(described):
        if operation.get("security"):
            assert {"401", "403", "422", "503"} <= set(operation["responses"]), name


def test_the_examples_are_of_the_shape_that_is_described(described: dict[str, Any]) -> None:
    for name, _, operation in operations(described):
        if name not in TOLD:
            continue
        content = operation["responses"][str(TOLD[name].status)]["content"]["application/json"]
        schema = {**content["schema"], "components": described["components"]}
        jsonschema.validate(content["example"], schema, format_checker=jsonschema.FormatChecker())
