"""`chronicle staff` and `chronicle token`: who works here, and how they get in."""

import click

from cms import entrance, history, passwords, settings, staff
from cms.terminal import messages, opened, standing_newsroom
from domain.role import Role

BY = "system:command-line"


@click.group("staff")
def group() -> None:
    """People who work here."""


@group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What they may do.")
@click.option("--section", "sections", multiple=True, help="Where they work; again for more. None: everywhere.")
def add(email: str, name: str, role: str, sections: tuple[str, ...]) -> None:
    """Add a staff member with the address EMAIL, or take back one who left."""
    with opened(settings.from_environment()) as room:
        id = staff.hire(room, email, name, Role(role), BY, sections)
        ways_in = f"`chronicle staff reset {email}` lets them set a password, `chronicle token {email}` makes a token"
        messages.print(f"{email} is {role}, with the id {id}; {ways_in}.", markup=False)


@group.command("list")
def list_() -> None:
    """Print who works here: address, name, role and sections, parted by tabs."""
    with history.opened(standing_newsroom().events) as events:
        for one in staff.everybody(events):
            if one.member.role is not None:
                sections = ",".join(one.member.sections) or "all"
                click.echo("\t".join([one.person.email, one.person.name, one.member.role, sections]))


@group.command("leave")
@click.argument("email")
def leave(email: str) -> None:
    """End the work of EMAIL here: password, sessions and tokens are void from this moment on."""
    with opened(standing_newsroom()) as room:
        command, beside = staff.leaving(staff.named_here(room.history, email))
        room.execute(command, BY, beside=beside)
        messages.print(f"{email} has left.", markup=False)


@group.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Print a link by which EMAIL sets a password: once, alone on standard output. It holds for a day."""
    values = standing_newsroom()
    with opened(values) as room:
        staff_id = staff.require_at_work(room, staff.named_here(room.history, email)).id
        noted = entrance.noted(room, staff_id, BY, "command line", "link made")
        click.echo(passwords.new_link(room, values.base_url, staff_id, *noted).link)


@click.command()
@click.argument("email")
def token(email: str) -> None:
    """Print an API token for the staff member EMAIL: once, alone on standard output."""
    with opened(standing_newsroom()) as room:
        click.echo(staff.new_token(room, email))
