"""Runs one command and prints, as JSON, how long it took and how much memory it needed at most.

It runs as a small process of its own, with nothing imported: on Linux a new process inherits the peak of the one that
started it, so a large bench would be counted as memory of the command.

    python -S -E bench/timed_child.py COMMAND [ARGUMENT ...]
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Run the command of the command line; its own output goes to standard error."""
    start = time.perf_counter()
    child = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    # Linux gives kilobytes, macOS bytes.
    peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    answer = {"seconds": seconds, "peak_bytes": peak_bytes, "exit_code": os.waitstatus_to_exitcode(status)}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
