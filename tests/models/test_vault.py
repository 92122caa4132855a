"""The vault: what is sealed opens where it belongs and nowhere else, and the key file is kept like one."""

import base64
import json
import stat
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.faults import Refusal
from models.vault import PURPOSES, DataKey, DoesNotOpen, Purpose, Sealed, Vault, digest_of_secret
from models.vault_checks import insist_on_vault
from tests.conftest import Store

ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
WHERE = f"messages.body.{ROW}"


def vault_of(*versions: int, current: int | None = None) -> Vault:
    """A vault with a root secret a version, the newest sealing unless said otherwise."""
    newest = max(versions) if current is None else current
    return Vault({version: bytes([version]) * 32 for version in versions}, dict.fromkeys(PURPOSES, newest))


def new_key() -> DataKey:
    key, _ = Vault.made_new().new_data_key(ROW)
    return key


# -- sealing -----------------------------------------------------------------------------------------------------------


@given(plain=st.binary(max_size=2000))
def test_whatever_is_sealed_opens_again_byte_for_byte(plain: bytes) -> None:
    vault, key = vault_of(1), new_key()
    assert key.open(WHERE, key.seal(WHERE, plain)) == plain
    for purpose in PURPOSES:
        assert vault.open_under(purpose, WHERE, vault.seal_under(purpose, WHERE, plain)) == plain


@given(plain=st.binary(max_size=50), where=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_changed_byte_does_not_open(plain: bytes, where: int, flip: int) -> None:
    key = new_key()
    sealed = bytearray(key.seal(WHERE, plain))
    sealed[where % len(sealed)] ^= flip
    with pytest.raises(DoesNotOpen):
        key.open(WHERE, bytes(sealed))


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(f"messages.body.{OTHER_ROW}", id="another row"),
        pytest.param(f"messages.envelope.{ROW}", id="another column"),
        pytest.param(f"reporters.body.{ROW}", id="another table"),
        pytest.param("", id="nowhere"),
    ],
)
def test_a_sealed_value_opens_at_its_own_place_only(elsewhere: str) -> None:
    vault, key = vault_of(1), new_key()
    with pytest.raises(DoesNotOpen):
        key.open(elsewhere, key.seal(WHERE, b"text"))
    with pytest.raises(DoesNotOpen):
        vault.open_under("inbox", elsewhere, vault.seal_under("inbox", WHERE, b"text"))


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("other", PURPOSES)
def test_every_purpose_has_a_key_of_its_own(purpose: Purpose, other: Purpose) -> None:
    vault = vault_of(1)
    sealed = vault.seal_under(purpose, WHERE, b"text")
    if purpose == other:
        assert vault.open_under(other, WHERE, sealed) == b"text"
    else:
        with pytest.raises(DoesNotOpen):
            vault.open_under(other, WHERE, sealed)


@pytest.mark.parametrize("rubbish", [b"", b"short", bytes(12), bytes(28), bytes(200)], ids=lambda each: str(len(each)))
def test_rubbish_does_not_open(rubbish: bytes) -> None:
    with pytest.raises(DoesNotOpen):
        new_key().open(WHERE, rubbish)
    with pytest.raises(DoesNotOpen):
        vault_of(1).open_under("inbox", WHERE, Sealed(1, rubbish))


def test_the_same_text_never_looks_the_same() -> None:
    key = new_key()
    assert len({key.seal(WHERE, b"au secours") for _ in range(100)}) == 100


def test_the_length_of_a_short_text_tells_nothing() -> None:
    key = new_key()
    assert len({len(key.seal(WHERE, b"x" * length)) for length in range(1, 101)}) == 1


# -- a reporter's own key ----------------------------------------------------------------------------------------------


def test_a_reporters_key_opens_for_that_reporter_only() -> None:
    vault = vault_of(1)
    key, wrapped = vault.new_data_key(ROW)
    sealed = key.seal(WHERE, b"text")
    assert vault.data_key(ROW, wrapped).open(WHERE, sealed) == b"text"
    with pytest.raises(DoesNotOpen):
        vault.data_key(OTHER_ROW, wrapped)
    with pytest.raises(DoesNotOpen):
        new_key().open(WHERE, sealed)


# -- versions ----------------------------------------------------------------------------------------------------------


def test_what_an_older_version_sealed_opens_and_the_newest_seals() -> None:
    before, after = vault_of(1), vault_of(1, 2)
    old = before.seal_under("inbox", WHERE, b"text")
    assert after.open_under("inbox", WHERE, old) == b"text"
    assert after.seal_under("inbox", WHERE, b"text").version == 2
    with pytest.raises(DoesNotOpen):
        before.open_under("inbox", WHERE, after.seal_under("inbox", WHERE, b"text"))


def test_a_tag_is_sought_under_every_version_the_newest_first() -> None:
    before, after = vault_of(1), vault_of(1, 2, 3)
    assert after.tag_versions == (3, 2, 1)
    assert after.tag(5, "SM1") != before.tag(5, "SM1")
    assert before.tag(5, "SM1") in [after.tag(5, "SM1", version) for version in after.tag_versions]


def test_tags_of_two_channels_or_ids_never_meet() -> None:
    vault = vault_of(1)
    assert len({vault.tag(1, "23"), vault.tag(12, "3"), vault.tag(1, "2"), vault.tag(2, "1")}) == 4
    assert len(vault.tag(1, "23")) == 16


def test_a_number_cannot_be_searched_without_the_key() -> None:
    number = "+12025550123"
    assert vault_of(1).number_index(number) != vault_of(2).number_index(number)
    assert len(vault_of(1).number_index(number)) == 32
    assert vault_of(1).number_index(number)[:16] != vault_of(1).tag(0, number)


def test_the_hash_of_an_api_key_is_not_the_key() -> None:
    assert len(digest_of_secret("secret")) == 32
    assert digest_of_secret("secret") != digest_of_secret("secret2")


# -- the key file ------------------------------------------------------------------------------------------------------


def test_a_key_file_reads_back(tmp_path: Path) -> None:
    vault = vault_of(1, 2)
    vault.write(tmp_path / "kibaro.key")
    again = Vault.read(tmp_path / "kibaro.key")
    assert again.open_under("channel", WHERE, vault.seal_under("channel", WHERE, b"secret")) == b"secret"
    assert again.check_values() == vault.check_values()


def test_only_its_owner_can_read_a_key_file(tmp_path: Path) -> None:
    path = tmp_path / "kibaro.key"
    Vault.made_new().write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "kibaro.key"
    Vault.made_new().write(path)
    before = path.read_bytes()
    with pytest.raises(Refusal, match="never overwritten"):
        Vault.made_new().write(path)
    assert path.read_bytes() == before


def test_two_new_key_files_differ() -> None:
    assert Vault.made_new().check_values() != Vault.made_new().check_values()


def test_a_missing_key_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="KIBARO_KEY_FILE") as caught:
        Vault.read(tmp_path / "kibaro.key")
    assert str(tmp_path / "kibaro.key") in caught.value.detail


def test_a_key_file_that_cannot_be_made_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="KIBARO_KEY_FILE"):
        Vault.made_new().write(tmp_path / "no" / "such" / "folder" / "kibaro.key")


def key_file(**changes: object) -> bytes:
    root = base64.b64encode(bytes(32)).decode()
    document = {"kibaro_key_file": 1, "roots": {"1": root}, "current": dict.fromkeys(PURPOSES, 1)}
    return json.dumps(document | changes).encode()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00secret", id="no text"),
        pytest.param(key_file()[:-20], id="cut off"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"secret"', id="a string"),
        pytest.param(b"{}", id="no roots"),
        pytest.param(key_file(roots={}), id="empty roots"),
        pytest.param(key_file(roots={"1": "c2hvcnQ="}), id="a root too short"),
        pytest.param(key_file(roots={"1": "!!!"}), id="a root that is no base64"),
        pytest.param(key_file(roots={"one": base64.b64encode(bytes(32)).decode()}), id="a version that is no number"),
        pytest.param(key_file(roots=[1]), id="roots as a list"),
        pytest.param(key_file(current={}), id="nothing current"),
        pytest.param(key_file(current=dict.fromkeys(PURPOSES, 2)), id="the current root is missing"),
    ],
)
def test_a_damaged_key_file_is_refused_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kibaro.key"
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught:
        Vault.read(path)
    assert str(path) in caught.value.detail
    assert "secret" not in caught.value.detail.removeprefix(str(path)).replace("root secret", "")


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        Vault.read(tmp_path)


def test_the_wrong_key_file_is_refused_with_what_to_do(store: Store) -> None:
    with store.database.reading() as session:
        insist_on_vault(session, store.vault)
        with pytest.raises(Refusal, match="KIBARO_KEY_FILE"):
            insist_on_vault(session, Vault.made_new())


def test_a_key_file_with_another_version_only_is_the_wrong_one(store: Store) -> None:
    with store.database.reading() as session, pytest.raises(Refusal):
        insist_on_vault(session, vault_of(2))


def test_the_check_value_does_not_tell_the_key(store: Store) -> None:
    document = json.loads(store.settings.key_file.read_text())
    roots = [base64.b64decode(root) for root in document["roots"].values()]
    assert not any(root in value for root in roots for value in store.vault.check_values().values())


def test_a_vault_and_its_keys_show_nothing_when_printed() -> None:
    vault = vault_of(1)
    shown = f"{vault!r} {vault} {new_key()!r}"
    assert "01" * 32 not in shown
    assert "\\x01" not in shown
