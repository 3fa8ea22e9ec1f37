"""How many different readers: sketches by hour and by whose readers they are, beside the history.

Each process and start writes rows of its own, so that none overwrites what another one counted. All rows of an hour, or
of a day's hours, are one union: a reader who came to several, or several times, counts once.
"""

from collections.abc import Iterable, Mapping, Sequence

from datasketches import hll_sketch, hll_union, tgt_hll_type

from cms.history import History
from cms.recorders import Statement
from cms.tally import SKETCH_LG_K

ASKED_ROWS = 400

Sketches = Mapping[tuple[int, str], hll_sketch]
"""By hour (Unix time of its start) and by subject: `site`, `section:SLUG`, an article's id."""


def rows(history: History, owner: str, new: Sketches) -> list[Statement]:
    """What adds these to the owner's rows."""
    values = []
    for hour, subjects in by_hour(new):
        stand = standing(history, owner, hour, subjects)
        for subject in subjects:
            sketch = new[hour, subject]
            merged = union([sketch, stand[subject]]) if subject in stand else sketch
            values.append((hour, subject, owner, merged.serialize_compact()))
    upsert = (
        "insert into readers values (?, ?, ?, ?)"
        " on conflict (hour, subject, owner) do update set sketch = excluded.sketch"
    )
    return [Statement(upsert, values)] if values else []


def by_hour(sketches: Sketches) -> Iterable[tuple[int, list[str]]]:
    hours: dict[int, list[str]] = {}
    for hour, subject in sorted(sketches):
        hours.setdefault(hour, []).append(subject)
    return hours.items()


def standing(history: History, owner: str, hour: int, subjects: Sequence[str]) -> dict[str, hll_sketch]:
    found = {}
    for start in range(0, len(subjects), ASKED_ROWS):
        asked = subjects[start : start + ASKED_ROWS]
        marks = ", ".join("?" * len(asked))
        for row in history.select(
            f"select subject, sketch from readers where hour = ? and owner = ? and subject in ({marks})",
            *(hour, owner, *asked),
        ):
            found[row["subject"]] = hll_sketch.deserialize(bytes(row["sketch"]))
    return found


def union(sketches: Iterable[hll_sketch]) -> hll_sketch:
    together = hll_union(SKETCH_LG_K)
    for sketch in sketches:
        together.update(sketch)
    return together.get_result(tgt_hll_type.HLL_4)
