"""Read models brought up to date once, by whoever recorded something and is about to end."""

from contextlib import closing, suppress

from cms import history, search_follower
from cms.alone import NotAlone
from cms.follower import alone
from cms.reading import open_store
from cms.search_folder import SearchFolder
from cms.settings import Settings
from projections.follow import catch_up
from projections.site import project


def follow_to_the_end(values: Settings) -> None:
    """Bring embedded read models up to date, unless a server does."""
    if not values.embedded:
        return
    with history.opened(values.events) as events:
        with closing(open_store(values.reads)) as store, suppress(NotAlone), alone(values.reads, store):
            catch_up(events.for_readers, store, project)
        search_follower.bring_up_to_date(SearchFolder(values.search_path, values.language), events)
