"""An article as it is told to machines elsewhere: with its way through the menu, and what is known of its source."""

from msgspec import Struct, structs

from cms import markup
from cms.addresses import whole
from projections import articles, sections, sources
from projections.articles import Article, Notice
from projections.cards import Site
from projections.sections import Section
from projections.sources import Source
from projections.store import Reads


class Published(Struct, frozen=True):
    """`article`: without its views. `sections`: from the top of the menu down to its own; empty if that is not known.

    `source`: what is known of the source beyond its name.
    """

    article: Article
    sections: tuple[Section, ...] = ()
    source: Source | None = None

    @property
    def words(self) -> str:
        return markup.words(self.article.body)

    def source_url(self, site: Site) -> str | None:
        return whole(self.source.url, site.base_url) if self.source and self.source.url else None


def read(reads: Reads, id: str, site: Site) -> Published | Notice | None:
    """With its HTML for whoever shows it elsewhere."""
    found = bare(reads, id, site)
    if not isinstance(found, Published):
        return found
    article = found.article
    html = markup.html_elsewhere(article.body, article.url)
    return structs.replace(found, article=structs.replace(article, html=html))


def bare(reads: Reads, id: str, site: Site) -> Published | Notice | None:
    """Without HTML."""
    article = articles.uncounted(reads, id, site)
    if article is None:
        return articles.notice(reads, id)
    way = tuple(sections.way_to(reads, article.section))
    return Published(article, way, sources.named(reads, article.byline.source))


def at(site: Site, path: str) -> str:
    """A place on this site."""
    return whole(path, site.base_url) or f"{site.base_url}/{path}"
