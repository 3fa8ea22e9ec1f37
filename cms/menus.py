"""Which sections are part of which: now, and as it stood at a position of the history."""

from cms.history import NO_BOUND, History
from domain.section import MENU, SECTION, THE_MENU, Menu


def now(history: History) -> Menu:
    return at(history, NO_BOUND)


def at(history: History, position: int) -> Menu:
    menu = MENU.initial
    for recorded in history.stream_after(MENU.stream(THE_MENU), 0, until=position):
        menu = MENU.evolve(menu, recorded.event)
    return menu


def above(menu: Menu, section: str | None) -> frozenset[str]:
    """The section, and all that it is part of."""
    found: list[str] = []
    while section is not None and section not in found:
        found.append(section)
        section = menu.parents.get(section)
    return frozenset(found)


def within(menu: Menu, section: str) -> frozenset[str]:
    """The section, and all that are part of it."""
    found = [section]
    for one in found:
        found += [below for below, parent in menu.parents.items() if parent == one and below not in found]
    return frozenset(found)


def last_place(history: History) -> int:
    """The largest that a section has; -1 if there is none."""
    return max((history.fold(SECTION, slug)[1].position for slug in history.ids_of(SECTION)), default=-1)
