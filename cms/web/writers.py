"""The desk's writers: the bylines that articles may carry."""

from litestar import put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from cms import forms
from cms.web.access import asks
from cms.web.desk import Accepted, Desk, SlugInPath
from domain.writer import Bio, ByLine, SetWriter


class WriterForm(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it is public. `guest`: somebody who does not belong to the newsroom."""

    name: ByLine
    bio: Bio = ""
    guest: bool = False


@put("/writers/{slug:str}", opt=asks(SetWriter))
async def set_writer(desk: NamedDependency[Desk], slug: SlugInPath, data: JSONBody[WriterForm]) -> Accepted:
    """Add a writer, or change the name and the lines that readers see."""
    return await desk.execute(SetWriter(slug=slug, **forms.plain(data)))


handlers = [set_writer]
