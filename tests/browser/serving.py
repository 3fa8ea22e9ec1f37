"""`chronicle serve`, but views show at once. `python -m tests.browser.serving --port PORT`."""

import sys

from bench.serving import ROLLED_UP_SECONDS
from cms import server
from cms.settings import from_environment
from cms.web import cors
from cms.web.app import create_app
from cms.web.door import Door


def create() -> Door | cors.Cors:
    values = from_environment()
    return cors.around(create_app(values, roll_up_seconds=ROLLED_UP_SECONDS), values.origins)


def main() -> None:
    server.create = create
    server.serve("127.0.0.1", int(sys.argv[-1]), workers=1)


if __name__ == "__main__":
    main()
