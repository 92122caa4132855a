"""What a copy of a text must not hold is masked, as far as a program can tell."""

import pytest

from intake.scrubbing import scrubbed


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("appelez le +224 922 00 00 01 vite", "appelez le <number> vite"),
        ("tel 00224-922.00.00.01", "tel <number>"),
        ("٩٢٢٠٠٠٠٠١ help", "<number> help"),
        ("plaque RC 1234 B", "plaque RC <number> B"),
        ("3 morts, 12 blesses a 22h", "3 morts, 12 blesses a 22h"),
        ("ecrire a x.y@example.org svp", "ecrire a <address> svp"),
        ("voir https://example.org/a?b=1 ou www.example.org", "voir <link> ou <link>"),
        ("statut K7M2QX", "statut <reference>"),
        ("statut k7m2qx", "statut <reference>"),
        ("statut KWMTQX", "statut <reference>"),
        ("AGENTS ATTAQUENT", "AGENTS ATTAQUENT"),
    ],
)
def test_numbers_addresses_links_and_references_are_masked(text: str, masked: str) -> None:
    assert scrubbed(text, {"KWMTQX"}) == masked


@pytest.mark.parametrize("text", ["appelez <number>", "vol chez <name>, <reference>"])
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    assert scrubbed(text) == text
