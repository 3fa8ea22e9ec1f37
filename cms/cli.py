"""The command line: what it can do, in the order of a newsroom's life."""

import click

from cms.commands import history, importing, popular, read_models, serving, staff
from cms.follower import collect_less_garbage
from cms.terminal import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chronicle-cms", prog_name="chronicle")
def main() -> None:
    """Chronicle, the backend of a news site. Settings come from the environment; the README lists them."""
    collect_less_garbage()


for command in (
    serving.serve,
    serving.follow,
    importing.import_,
    staff.group,
    staff.token,
    history.history_,
    popular.popular_,
    read_models.status,
    read_models.rebuild,
    read_models.verify,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
