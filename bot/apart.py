"""Runs a module of ours in a process of its own, which gives its memory back when it ends."""

import os
import subprocess
import sys


def run_apart(module: str, *arguments: str, **variables: str) -> bool:
    """`python -m module arguments…`, quietly, with these environment variables. True when it ended well."""
    command = [sys.executable, "-P", "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables}  # the same modules as here
    try:
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except OSError:
        return False
