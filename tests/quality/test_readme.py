"""The README's exchanges are what the program answers today."""

from pathlib import Path

from tests.quality.exchanges import lines

README = Path(__file__).parents[2] / "README.md"


def test_the_exchanges_of_the_readme_are_real() -> None:
    told = README.read_text(encoding="utf-8")
    assert "\n".join(lines()) in told, "print them anew: python -m tests.quality.exchanges"
