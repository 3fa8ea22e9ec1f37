"""The desk's sources: agencies and papers, under the names by which articles give them."""

from litestar import put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from cms import forms
from cms.web.access import asks
from cms.web.desk import Accepted, Desk, SlugInPath
from domain.source import SetSource, Site, SourceName


class SourceForm(Struct, frozen=True, forbid_unknown_fields=True):
    name: SourceName
    url: Site = ""


@put("/sources/{slug:str}", opt=asks(SetSource))
async def set_source(desk: NamedDependency[Desk], slug: SlugInPath, data: JSONBody[SourceForm]) -> Accepted:
    """Add a source, or change its name or address. Articles keep what they say of theirs."""
    return await desk.execute(SetSource(slug=slug, **forms.plain(data)))


handlers = [set_source]
