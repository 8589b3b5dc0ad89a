"""A terminal's log for measurements: 300 users, from 2021 on."""

from datetime import datetime, timedelta
from random import Random
from struct import Struct

from attendance.zk.codec import encode_time

_RECORD = Struct("<H24sBIB8x")
_START = datetime.fromisoformat("2021-01-01 00:00:00")


def log_bytes(count: int, chance: Random, *, longest: int = 600) -> bytes:
    """`count` records of 40 bytes in order of time, less than `longest` seconds from one to the next."""
    time, records = _START, []
    for index in range(count):
        time += timedelta(seconds=chance.randrange(longest))
        user = str(chance.randrange(1000, 1300)).encode()
        state = chance.randrange(2)
        records.append(_RECORD.pack(index % 65536, user, 1, encode_time(time), state))
    return b"".join(records)
