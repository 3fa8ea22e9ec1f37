"""The index of search as a cache: it follows, goes on after a crash, and is made anew without a gap."""

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cms import history, searching
from cms.asks import Unavailable
from cms.follower import NotAlone
from cms.history import History
from cms.search_folder import SearchFolder
from cms.search_follower import SearchFollower
from cms.searching import Searching
from projections.query import parse
from projections.search_answers import Filters, Page, SearchAnswers
from tests.domain.newsday import published
from tests.web.deadline import until
