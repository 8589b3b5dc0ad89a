"""Decoding a terminal's log: ours against pyzk's own get_attendance on the same bytes."""

from random import Random
from typing import Final

from zk import ZK

from attendance.zk.records import decode_log
from scripts.benches.measure import Measure, best_seconds, is_trial
from scripts.benches.terminal_log import log_bytes

RECORDS: Final = 20_000 if is_trial() else 100_000


class _Offline(ZK):  # type: ignore[misc]
    """pyzk with its reading from the terminal replaced, so that only its parsing takes time."""

    def __init__(self, raw: bytes, count: int) -> None:
        super().__init__("127.0.0.1", ommit_ping=True)
        self._answer = len(raw).to_bytes(4, "little") + raw
        self._count = count

    def read_sizes(self) -> bool:
        self.records, self.users = self._count, 0
        return True

    def read_with_buffer(self, command: int, fct: int = 0, ext: int = 0) -> tuple[bytes, int]:
        return self._answer, len(self._answer)


def run() -> list[Measure]:
    raw = log_bytes(RECORDS, Random(1))  # noqa: S311 - the same log in every run
    pyzk = _Offline(raw, RECORDS)
    theirs = [
        f"{record.user_id}\t{record.timestamp}\t{record.status}\t{record.punch}\t"
        for record in pyzk.get_attendance()
    ]
    if decode_log(raw, "40").lines != theirs:
        raise AssertionError("ours and pyzk's decoding of the same bytes differ")
    ours_seconds = best_seconds(lambda: decode_log(raw, "40"), repeats=5)
    peer_seconds = best_seconds(pyzk.get_attendance, repeats=2)
    return [
        Measure(
            name=f"decode a log of {RECORDS:,} records",
            ours_seconds=ours_seconds,
            peer="pyzk 0.9 get_attendance, parsing only",
            peer_seconds=peer_seconds,
            ratio=peer_seconds / ours_seconds,
            meaning="times as fast",
            at_least=50.0,
        )
    ]
