"""Twelve exchanges in four languages, as they stand in the README: `python -m tests.quality.exchanges` prints them.

Each goes through the journal, the dispatcher and the answers of a store with that country's places, like any text.
"""

import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from intake.reference import ReferenceKeeper
from jobs.founding import open_vault
from jobs.tallies import fold_tallies
from jobs.terminal import text_from_terminal
from tests.quality.stores import quality_store

SENDERS: Final = {"GN": "+12025550111", "KE": "+12025550122", "GH": "+12025550133", "CO": "+12025550144"}
EXCHANGES: Final = (
    ("GN", "on m'a arraché mon sac hier soir a Dixin par 2 gars en moto"),
    ("GN", "STATS DIXINN"),
    ("GN", "les gendarmes du barrage de Coyah demandent 20000 a chaque taxi"),
    ("GN", "venez vite ils sont dans la cour avec des machettes Matoto"),
    ("GH", "accident for Kumasi road this morning, trotro somersault, 2 die and 7 injured"),
    ("GH", "my neighbour beat the wife every night, she no fit talk"),
    ("GH", "win 5000 cedis now, call this agent to claim"),
    ("CO", "anoche se metieron a la tienda en Quibdo y se llevaron todo, nadie salio herido"),
    ("CO", "NO hurto"),
    ("CO", "borrar"),
    ("KE", "pikipiki yangu imeibwa jana usiku huku kwetu"),
    ("KE", "kisumu"),
)


def exchanges() -> Iterator[tuple[str, str, str]]:
    """Country, what was texted, what came back; references are shown as K7M2QX, codes as 4821, days as 21/11."""
    with tempfile.TemporaryDirectory() as folder:
        stores = {
            country: quality_store(Path(folder) / f"{country}.db", country, free=True)
            for country in {country for country, _ in EXCHANGES}
        }
        for country, text in EXCHANGES:
            settings, database = stores[country]
            vault = open_vault(database, settings)
            keeper = ReferenceKeeper(vault)
            fold_tallies(database, keeper, settings, datetime.now(UTC))
            answers = text_from_terminal(database, vault, keeper, settings, text, SENDERS[country], "")
            yield country, text, _shown(" / ".join(answers))
        for _, database in stores.values():
            database.close()


def _shown(answer: str) -> str:
    answer = re.sub(r"\b\d\d/\d\d\b", "21/11", answer)
    return re.sub(r"\b\d{4}\b(?=[^0-9]*$)", "4821", re.sub(r"(?<=Ref )\w{6}", "K7M2QX", answer))


def lines() -> Iterator[str]:
    for country, text, answer in exchanges():
        yield f"{country} ► {text}"
        yield f"   ◄ {answer}"


if __name__ == "__main__":
    print("\n".join(lines()))  # noqa: T201  that is what it is for
