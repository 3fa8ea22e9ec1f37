"""Who asks: a reader, a known crawler, or an agent that does not tell."""

from enum import StrEnum

from msgspec import Struct

RULES = "0"


class Kind(StrEnum):
    READER = "reader"
    BOT = "bot"
    UNSURE = "unsure"


class Agent(Struct, frozen=True):
    kind: Kind
    name: str = ""


def agent_of(user_agent: str) -> Agent:
    return Agent(Kind.READER) if user_agent.startswith("Mozilla/") else Agent(Kind.UNSURE, "none")
