"""A store with the places of one country, for reading texts of that country."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import update

from jobs.founding import found_store
from jobs.imports.localities import import_localities
from models.channels import ChannelRow
from models.database import Database
from models.settings import Settings

HERE: Final = Path(__file__).parent
PLACES: Final = HERE / "places.csv"
COUNTRIES: Final = {
    "GN": ("GIN", "Africa/Conakry", "fr"),
    "BF": ("BFA", "Africa/Ouagadougou", "fr"),
    "KE": ("KEN", "Africa/Nairobi", "sw"),
    "GH": ("GHA", "Africa/Accra", "en"),
    "CO": ("COL", "America/Bogota", "es"),
}


def quality_store(path: Path, country: str, *, free: bool = False) -> tuple[Settings, Database]:
    """free: the channel of the terminal costs the sender nothing, so that it may ask."""
    code, zone, language = COUNTRIES[country]
    settings = Settings(
        database_url=f"sqlite:///{path}",
        key_file=path.with_suffix(".key"),
        country=country,
        timezone=zone,
        language=language,
    )
    database, now = Database(settings.database_url), datetime.now(UTC)
    found_store(database, settings, now)
    own = path.with_suffix(".csv")
    heading, *places = PLACES.read_text(encoding="utf-8").splitlines()
    own.write_text("\n".join([heading, *_of_country(places, code)]), encoding="utf-8")
    import_localities(database, own, now.date())
    if free:
        with database.writing() as session:
            session.execute(update(ChannelRow).values(free_to_sender=True))
    return settings, database


def _of_country(lines: Sequence[str], code: str) -> Iterator[str]:
    return (line for line in lines if line.startswith((f"{code},", f"{code}-")))
