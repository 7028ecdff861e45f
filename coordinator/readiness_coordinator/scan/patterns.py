"""A user's pattern for the names of images, tried in a process of its own first: Python's `re` may never end."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable

LONGEST = 200
PATIENCE_S = 10

# An alarm without a handler ends the process amid a match, which nothing in Python could.
_TRIAL = """
import json, re, resource, signal, sys
signal.alarm(int(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))
asked = json.load(sys.stdin)
pattern = re.compile(asked["pattern"])
for name in asked["names"]:
    pattern.search(name)
"""


class BadPattern(Exception):
    """A pattern cannot be used; the message is one line that says why."""


def tried(text: str, names: Iterable[str]) -> re.Pattern[str]:
    """Compile a pattern after it was searched for in every one of `names` within PATIENCE_S seconds.

    A search in them takes the same steps again, so that nothing hangs afterwards. Raises BadPattern.
    """
    if not 0 < len(text) <= LONGEST:
        raise BadPattern(f"the pattern has {len(text)} characters; give 1 to {LONGEST}")
    command = [sys.executable, "-I", "-S", "-c", _TRIAL, str(PATIENCE_S)]
    asked = json.dumps({"pattern": text, "names": list(names)})
    ended = subprocess.run(command, input=asked, text=True, capture_output=True, check=False)
    if ended.returncode < 0:
        raise BadPattern(f"the pattern '{text}' takes more than {PATIENCE_S} seconds on these names; make it simpler")
    if ended.returncode > 0:
        said = ended.stderr.strip().splitlines() or [f"exit {ended.returncode}"]
        raise BadPattern(f"the pattern '{text}' cannot be used: {said[-1].rpartition('error: ')[2]}")
    return re.compile(text)
