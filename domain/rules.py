"""How a newsroom decides: commands are weighed against folded streams and give changes, or are refused."""

from collections.abc import Callable
from functools import singledispatch
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from msgspec import Struct

State = TypeVar("State")


class Event(Struct, frozen=True, tag=True, omit_defaults=True):
    """A fact. Names and fields are what lies in the store: add fields with defaults, never rename."""


class Change(NamedTuple):
    """An event (one of `AnyEvent`), and the stream in which it is to be recorded."""

    stream: str
    event: Any


class Aggregate(Struct, Generic[State], frozen=True):
    """A kind of stream: the first word of its ids, and how its events fold into a state."""

    name: str
    initial: State
    evolve: Callable[[State, Any], State]

    def stream(self, id: str) -> str:
        return f"{self.name}:{id}"

    def change(self, id: str, event: Event) -> Change:
        return Change(self.stream(id), event)


class Fold(Protocol):
    """Gives the state of a stream as it stands, with all that was decided before in the same breath."""

    def __call__(self, aggregate: Aggregate[State], id: str, /) -> State: ...


class Command(Protocol):
    """What somebody asks for. `stream`: the one that it is about."""

    @property
    def stream(self) -> str: ...


class Refused(Exception):
    """The command is well formed, but the newsroom's rules forbid it now."""


class LeftAlone(Refused):
    """An import would change what an editor has taken over."""


class Unknown(Refused):
    """What the command is about does not exist."""


class Outdated(Refused):
    """The working copy changed after the version that the command was made on."""


@singledispatch
def decide(command: Any, fold: Fold) -> list[Change]:
    """Return what happened, that of the command's own stream last; nothing if it is so already; or raise Refused."""
    raise TypeError(f"No decision for {type(command).__name__}.")


def require(condition: object, refusal: str) -> None:
    if not condition:
        raise Refused(refusal)
