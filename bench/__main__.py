"""`python -m bench [PART ...] [--quick]`: all parts but the long ones, or those that are named.

`--quick` only sees that they run. Long, and run only when named: kill (200 kills of a server under load, on SQLite and
on PostgreSQL), memory (ten million views) and million (read models of a million articles).
"""

import argparse
import os
import platform
import signal
import sqlite3
import sys
import time
from contextlib import ExitStack
from importlib.metadata import version

from bench import changes, clicks, commit, fresh, kill, load, memory, million, read, record, replay, search, view
from bench.ground import Ground
from bench.measure import HEADER

PARTS = {
    "record": record,
    "replay": replay,
    "commit": commit,
    "read": read,
    "fresh": fresh,
    "view": view,
    "clicks": clicks,
    "changes": changes,
    "search": search,
}
LONG = {"kill": kill, "memory": memory, "million": million}
EVERY = {**PARTS, **LONG}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(EVERY))
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(EVERY):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(EVERY)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # Servers are stopped and folders removed all the same.
    started = time.monotonic()
    with ExitStack() as stack:
        ground = Ground(stack, asked.quick)
        print(HEADER)
        for name in asked.parts or PARTS:
            for found in EVERY[name].run(ground):
                print(found, flush=True)
        print(machine(ground), f"{time.monotonic() - started:.0f} s in all", sep="\n")


def machine(ground: Ground) -> str:
    packages = [f"{package} {version(package)}" for package in ("eventsourcing", "litestar", "granian")]
    python = f"Python {platform.python_version()}"
    sqlite = f"SQLite {sqlite3.sqlite_version}"
    cores = f"{len(os.sched_getaffinity(0))} cores" if hasattr(os, "sched_getaffinity") else f"{os.cpu_count()} cores"
    return ", ".join([cores, python, *packages, sqlite, *ground.versions(), f"asked by {load.TOOL}"])


if __name__ == "__main__":
    main()
