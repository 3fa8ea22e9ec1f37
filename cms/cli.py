"""The command line: what it can do, in the order of a newsroom's life."""

from importlib import import_module

import click

from cms.follower import collect_less_garbage
from cms.terminal import Explained

COMMANDS = {
    "serve": "serving:serve",
    "follow": "serving:follow",
    "import": "importing:import_",
    "staff": "staff:group",
    "token": "staff:token",
    "history": "history:history_",
    "popular": "popular:popular_",
    "status": "read_models:status",
    "rebuild": "read_models:rebuild",
    "verify": "read_models:verify",
}


class Commands(Explained):
    """A command's file is read when it is asked for: each has libraries that the others do without."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        file, function = COMMANDS[name].split(":")
        command: click.Command = getattr(import_module(f"cms.commands.{file}"), function)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chronicle-cms", prog_name="chronicle")
def main() -> None:
    """Chronicle, the backend of a news site. Settings come from the environment; the README lists them."""
    collect_less_garbage()


if __name__ == "__main__":
    main()
