"""make bench: every speed of the programme as a ratio measured in one run. --full takes more rounds."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import door, orientation, pipeline, reading, tallies
from tests.benchmarks.running import open_workshop
from tests.benchmarks.table import Table, console, machine
from tests.postgres import running_postgres


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="three times the rounds")
    times = 3 if parser.parse_args().full else 1
    console.print(machine())
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kibaro-bench-") as folder, running_postgres(durable=True) as url:
        workshop = open_workshop(Path(folder), url)
        orientation.measure(workshop, table)
        door.measure(workshop, table, rounds=5 * times)
        pipeline.measure(workshop, table, rounds=3 * times)
        stores = tallies.filled_stores(workshop, table)
        tallies.measure(stores, table, rounds=5 * times)
        reading.measure(workshop, stores[max(stores)], table, rounds=5 * times)
    table.show()
    return 1 if table.misses else 0


if __name__ == "__main__":
    sys.exit(main())
