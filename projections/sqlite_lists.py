"""Lists in SQLite: members refer to a list by its number, and its size is known without counting.

A place holds the numbers of its lists. A number stays a list's own until the store is cleared.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import msgspec

from projections.batch import Batch

Known = Mapping[str, tuple[int, int]]
"""Number and size of a list, by its name. One that nothing ever stood in is not there."""
Member = tuple[int, str]
Item = TypeVar("Item")


class SQLiteLists:
    db: Any

    # Questions.

    def known(self, names: Iterable[str]) -> Known:
        found: dict[str, tuple[int, int]] = {}
        for some in chunks(list(dict.fromkeys(names))):
            rows = self.db.execute(f"select name, number, size from list where name in ({marks(some)})", some)
            found.update((name, (number, size)) for name, number, size in rows)
        return found

    def page(
        self, filters: Sequence[Sequence[str]], after: str | None, limit: int, until: str | None = None
    ) -> list[str]:
        known = self.known(name for names in filters for name in names)
        # The members of the smallest filter are walked through, and looked up in the others, the smallest first.
        sized = [[known[name] for name in set(names) if name in known] for names in filters]
        sized.sort(key=lambda lists: sum(size for _, size in lists))
        first, *others = [[number for number, _ in lists] for lists in sized]
        where = "".join(
            f" and exists (select 1 from member o where o.list in ({','.join(map(str, other))}) and o.key = m.key)"
            for other in others
        )
        bounds: list[str] = []
        for bound, compared in ((after, "<"), (until, ">=")):
            if bound is not None:
                where += f" and m.key {compared} ?"
                bounds.append(bound)
        # One walk down the index for each list, for `list in (...)` would sort them whole.
        pages = [
            self.db.execute(
                f"select key from member m where list = ? {where} order by key desc limit ?", (number, *bounds, limit)
            ).fetchall()
            for number in first
        ]
        return sorted({key for page in pages for (key,) in page}, reverse=True)[:limit]

    def oldest(self, name: str, since: str = "", *, skip: int = 0, limit: int = 1) -> list[str]:
        number, _ = self.known([name]).get(name, (0, 0))
        rows = self.db.execute(
            "select key from member where list = ? and key >= ? order by key limit ? offset ?",
            (number, since, limit, skip),
        )
        return [key for (key,) in rows]

    def between(self, name: str, bounds: Sequence[str]) -> list[int]:
        number, _ = self.known([name]).get(name, (0, 0))
        ask = "select count(*) from member where list = ? and key >= ? and key < ?"
        return [self.db.execute(ask, (number, start, end)).fetchone()[0] for start, end in pairwise(bounds)]

    def size(self, lists: Sequence[str]) -> list[int]:
        known = self.known(lists)
        return [known[name][1] if name in known else 0 for name in lists]

    def together(self, lists: Sequence[str]) -> int:
        """The largest as it is known, and of the others those that do not stand in it."""
        *others, (largest, size) = [(0, 0), *sorted(self.known(lists).values(), key=lambda list: list[1])]
        if not any(number for number, _ in others):
            return size
        rows = self.db.execute(
            f"""select count(distinct key) from member m where list in ({marks(others)})
            and not exists (select 1 from member o where o.list = ? and o.key = m.key)""",
            (*(number for number, _ in others), largest),
        )
        return size + int(rows.fetchone()[0])

    def in_most(self, groups: Sequence[Sequence[str]], limit: int) -> list[str]:
        each = " union all ".join(
            f"select distinct key from member where list in ({listed(self.known(lists))})" for lists in groups
        )
        rows = self.db.execute(
            f"select key from ({each}) group by key order by count(*) desc, key desc limit ?", (limit,)
        )
        return [key for (key,) in rows]

    # Writing.

    def put_places(self, batch: Batch) -> list[str]:
        """Move the ids to their new lists, and return the lists that they stood in."""
        stood: list[tuple[str, str, list[int]]] = []
        for ids in chunks(list(batch.places)):
            rows = self.db.execute(f"select id, key, lists from place where id in ({marks(ids)})", ids)
            stood += [(id, key, msgspec.json.decode(lists)) for id, key, lists in rows]
        places = [place for place in batch.places.values() if place.lists]
        known = self.numbered({name for place in places for name in place.lists})
        placed = [(place.id, place.key, list({known[name]: None for name in place.lists})) for place in places]
        self.move(members(stood), members(placed))
        self.db.executemany("delete from place where id = ?", [(id,) for id, _, _ in stood])
        self.db.executemany(
            "insert into place values (?, ?, ?)",
            [(id, key, msgspec.json.encode(lists).decode()) for id, key, lists in placed],
        )
        return self.names({number for _, _, lists in stood for number in lists})

    def move(self, before: set[Member], after: set[Member]) -> None:
        gone, come = before - after, after - before
        self.db.executemany("delete from member where list = ? and key = ?", gone)
        self.db.executemany("insert into member values (?, ?)", sorted(come))
        change = Counter(number for number, _ in come)
        change.subtract(Counter(number for number, _ in gone))
        self.db.executemany(
            "update list set size = size + ? where number = ?",
            [(grown, number) for number, grown in change.items() if grown],
        )

    def numbered(self, names: Collection[str]) -> dict[str, int]:
        """The number of each; whichever has none gets one."""
        known = {name: number for name, (number, _) in self.known(names).items()}
        new = [name for name in names if name not in known]
        self.db.executemany("insert into list (name, size) values (?, 0)", [(name,) for name in new])
        return known | {name: number for name, (number, _) in self.known(new).items()}

    def names(self, numbers: Collection[int]) -> list[str]:
        found: list[str] = []
        for some in chunks(list(numbers)):
            rows = self.db.execute(f"select name from list where number in ({marks(some)})", some)
            found += [name for (name,) in rows]
        return found


def members(places: Iterable[tuple[str, str, list[int]]]) -> set[Member]:
    return {(number, key) for _, key, lists in places for number in lists}


def numbers(known: Known) -> list[int]:
    return [number for number, _ in known.values()]


def listed(known: Known) -> str:
    """The numbers, as a statement has them."""
    return ",".join(map(str, numbers(known)))


def standing_in(known: Known) -> str:
    """The condition that a place `p` is in one of these lists."""
    return f"exists (select 1 from member m where m.list in ({listed(known)}) and m.key = p.key)"


def marks(values: Iterable[object], each: str = "?") -> str:
    return ",".join(each for _ in values)


def chunks(items: list[Item], size: int = 500) -> Iterator[list[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
