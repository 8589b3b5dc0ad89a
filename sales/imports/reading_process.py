"""A process that reads one file and ends: from standard input to standard output, within bounds.

A file made to hurt takes memory without end, or ends the process that reads it: then it is this one,
which holds no data and no password.
"""

import pickle
import resource
import sys
from typing import Final

from sales.engine.spreadsheet import Unreadable, read_cells

#: Of addresses; a workbook of 120,000 rows needs a third of it.
MOST_MEMORY: Final = 1 << 30
MOST_SECONDS: Final = 60


def main() -> None:
    """Arguments: the most rows, and the name of the sheet or nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        told: object = read_cells(
            sys.stdin.buffer.read(), most_rows=int(sys.argv[1]), sheet=sys.argv[2]
        )
    except Unreadable as refused:
        told = (refused.code, refused.values)
    pickle.dump(told, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
