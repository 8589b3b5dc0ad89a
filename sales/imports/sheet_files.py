"""The cells of the tables people send, refused in words."""

from backend.problems import Problem
from sales.engine.spreadsheet import MOST_ROWS, Cells, Unreadable, read_cells
from sales.messages import message


class FileRefused(Problem):
    """The file is no table we take; `details["reason"]` is the stable code."""

    code = "import.unreadable"

    def __init__(self, refused: Unreadable) -> None:
        super().__init__(message(refused.code, refused.values), details={"reason": refused.code})


def cells_of(data: bytes, *, most_rows: int = MOST_ROWS) -> Cells:
    """The cells of a file, its rows at their real places. Raises FileRefused."""
    try:
        return read_cells(data, most_rows=most_rows)
    except Unreadable as refused:
        raise FileRefused(refused) from refused
