"""How long a CDN that is told what to drop may keep an answer. Without one, nothing of this is said."""

from msgspec import structs

from cms.answers import NEVER, STALE, UNSAID, Answer
from projections.store import views_key

LASTING_SECONDS = 86_400
# What shows views is not dropped for each of them, nor what is related for each word, nor what would show an article
# that nobody is told of: it is fetched anew now and then.
COUNTED_SECONDS = 60
# Of what ends sooner, a CDN would keep too little to be worth it.
ENDING_SECONDS_LEAST = 20
VIEWS = views_key("")


def for_a_cdn(answer: Answer, now: float) -> Answer:
    """`now`: Unix time.

    What ends by the clock is kept here for half of its time, and there for the other half: whenever a CDN fetches it,
    neither has it when it has ended.
    """
    seconds, until, stale = lasting(answer), answer.until, b", " + STALE
    left = until - now
    if left < ENDING_SECONDS_LEAST:
        return answer
    if left < 2 * seconds:
        seconds = int(left / 2)
    if left != NEVER:
        until, stale = until - seconds, b""
    return structs.replace(answer, until=until, surrogate_control=b"max-age=%d%s" % (seconds, stale))


def lasting(answer: Answer) -> int:
    fetched_anew = answer.unsaid or any(key.startswith((VIEWS, *UNSAID)) for key in answer.keys)
    return COUNTED_SECONDS if fetched_anew else LASTING_SECONDS
