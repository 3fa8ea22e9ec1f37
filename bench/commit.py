"""Thirty-two editors at once: what is recorded together shares a transaction, beside one transaction a command."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

from eventsourcing.persistence import IntegrityError

from bench import mix
from bench.ground import DATABASES, Ground
from bench.measure import Found, rate, side_by_side
from cms import history, newsroom
from cms.committer import utc_now
from cms.history import History
from cms.ids import new_id
from cms.newsroom import Newsroom
from cms.web.app import SWITCH_SECONDS
from domain.recorded import AGGREGATES, Recorded
from domain.rules import Aggregate, Command, State, decide

CALLERS = 32
ROUNDS = 3
ARTICLES_EACH = 5
LEAST = 3.0
TRIES_MOST = 100

Shifts = list[list[Command]]
Way = Callable[[Shifts], object]


def run(ground: Ground) -> Iterator[Found]:
    rounds, articles = (1, 1) if ground.quick else (ROUNDS, ARTICLES_EACH)
    with switching_as_the_server_does(), ThreadPoolExecutor(CALLERS) as pool:
        for kind in DATABASES:
            url = ground.database(kind)
            with ExitStack() as stack:
                room = stack.enter_context(newsroom.opened(url))
                own = [stack.enter_context(history.opened(url)) for _ in range(CALLERS)]
                one_by_one(room, [mix.furniture(), mix.shift("first", 5 * articles)])
                threads: Way = partial(in_threads, pool, room)
                tasks: Way = partial(in_tasks, room)
                alone: Way = partial(one_by_one, room)
                pairs: tuple[tuple[str, Way, str, Way], ...] = (
                    ("threads", threads, "one command after another", alone),
                    ("tasks", tasks, "one command after another", alone),
                    ("threads", threads, "32 threads, a transaction each", partial(each_alone, pool, own)),
                )
                for number, (callers, ours, beside, theirs) in enumerate(pairs):
                    yield side_by_side(
                        f"commands of {CALLERS} {callers}, {kind}",
                        partial(executed, ours, f"{number}-ours", articles),
                        beside,
                        partial(executed, theirs, f"{number}-theirs", articles),
                        rounds,
                        least_ratio=LEAST if kind == "PostgreSQL" else None,
                    )


@contextmanager
def switching_as_the_server_does() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def executed(way: Way, name: str, articles: int, round: int) -> float:
    shifts = [mix.shift(f"{name}-{round}-{caller}", articles) for caller in range(CALLERS)]
    return rate(sum(map(len, shifts)), lambda: way(shifts))


def in_threads(pool: ThreadPoolExecutor, room: Newsroom, shifts: Shifts) -> None:
    list(pool.map(lambda shift: one_by_one(room, [shift]), shifts))


def in_tasks(room: Newsroom, shifts: Shifts) -> None:
    async def work(shift: Sequence[Command]) -> None:
        for command in shift:
            await asyncio.wrap_future(room.submit(command, "bench"))

    async def all() -> None:
        await asyncio.gather(*map(work, shifts))

    asyncio.run(all())


def one_by_one(room: Newsroom, shifts: Shifts) -> None:
    for shift in shifts:
        for command in shift:
            room.execute(command, "bench")


def each_alone(pool: ThreadPoolExecutor, own: Sequence[History], shifts: Shifts) -> None:
    """As most do it: load, decide, save; and again if somebody else was quicker."""

    def work(past: History, shift: Sequence[Command]) -> None:
        for command in shift:
            execute_alone(past, command)

    list(pool.map(work, own, shifts))


def execute_alone(past: History, command: Command) -> None:
    for _ in range(TRIES_MOST):
        try:
            past.record(decided(past, command))
        except IntegrityError:
            continue
        return
    raise RuntimeError("Others were always quicker.")


def decided(past: History, command: Command) -> list[Recorded]:
    versions: dict[str, int] = {}

    def fold(aggregate: Aggregate[State], id: str) -> State:
        versions[aggregate.stream(id)], state = past.fold(aggregate, id)
        return state

    at, id, events = utc_now(), new_id(), list[Recorded]()
    for stream, event in decide(command, fold):
        if stream not in versions:
            kind, _, name = stream.partition(":")
            fold(AGGREGATES[kind], name)
        versions[stream] += 1
        events.append(
            Recorded(
                stream=stream,
                version=versions[stream],
                at=at,
                by="bench",
                command=id,
                event=event,
            )
        )
    return events
