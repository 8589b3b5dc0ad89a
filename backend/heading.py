"""What stands above every document: whose it is, of which days, made by whom and when. Pure."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Heading:
    """`part` is the department or the whole company, `made_at` Vietnamese time, `made_by` a name."""

    company: str
    part: str
    first: date
    last: date
    made_at: datetime
    made_by: str

    def lines(self) -> tuple[str, str]:
        days = f"từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}"
        if self.first == self.last:
            days = f"ngày {self.last:%d/%m/%Y}"
        return (
            f"{self.company} · {self.part} · {days}",
            f"Lập lúc {self.made_at:%H:%M %d/%m/%Y}, người lập: {self.made_by}",
        )
