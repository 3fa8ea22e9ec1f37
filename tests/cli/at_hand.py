"""`chronicle`, with an answer at hand at `/at-hand` that its loop knows nothing of."""

from http import HTTPStatus
from typing import Any

from cms.answers import body_message
from cms.cli import main
from cms.web.door import Door
from cms.web.replies import Messages, started


def at_once(door: Door, scope: Any) -> Messages | None:
    return (started(HTTPStatus.OK, [], 0), body_message(b"at once")) if scope["path"] == "/at-hand" else None


if __name__ == "__main__":
    Door.at_once = at_once  # type: ignore[assignment, method-assign]
    main()
