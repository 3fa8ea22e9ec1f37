"""A Chromium for tests: one that is installed, else Debian's, which root installs."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import Unusable, last_words

NAMES = ("chromium", "chromium-browser", "google-chrome")
APT_SECONDS = 300
UPDATE = "apt-get -qq update"
INSTALL = "apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=120 install chromium"
# Whatever a page asks for, nothing leaves this machine. A graphics card that is none costs time; root gets no sandbox.
OPTIONS = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-gpu"]
if os.geteuid() == 0:
    OPTIONS += ["--no-sandbox"]


def chromium() -> Path:
    """Unusable: says what lacks."""
    return on_path() or installed()


def on_path() -> Path | None:
    return next((Path(path) for name in NAMES if (path := shutil.which(name))), None)


def installed() -> Path:
    if not shutil.which("apt-get"):
        raise Unusable("no Chromium is installed, and there is no apt-get to install it with")
    if os.geteuid() != 0:
        raise Unusable("no Chromium is installed, and only root installs it")
    with alone():
        if not on_path():
            apt(UPDATE)
            apt(INSTALL)
    if path := on_path():
        return path
    raise Unusable("no Chromium is installed, and the package chromium holds none")


@contextmanager
def alone() -> Iterator[None]:
    """The workers of one test run are processes, and apt-get serves one at a time."""
    with (Path(tempfile.gettempdir()) / "chronicle-test-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def apt(command: str) -> None:
    try:
        subprocess.run(
            command.split(),
            check=True,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=APT_SECONDS,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    except subprocess.CalledProcessError as failure:
        raise Unusable(f"no Chromium is installed, and {command}: {last_words(failure.stderr, 'failed')}") from failure
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise Unusable(f"no Chromium is installed, and {failure}") from failure
