"""Chronicle as it is served, but views show at once. `python -m tests.browser.serving --port PORT`."""

import sys

import uvloop

from bench.serving import ROLLED_UP_SECONDS, serve_app
from cms.settings import from_environment
from cms.web.app import create_app


def main() -> None:
    app = create_app(from_environment(), roll_up_seconds=ROLLED_UP_SECONDS)
    uvloop.run(serve_app(app, int(sys.argv[-1])))


if __name__ == "__main__":
    main()
