"""What push terminals tell besides punches: names, operations, themselves, what came of commands.

Pure; see `attendance.zk.adms` for the rules and for what is dropped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from attendance.zk.adms import body_bytes, body_text, device_time
from attendance.zk.records import readable_user_id

#: Operations worth a note: the clock was set, punches were deleted (protocol, appendix 3).
CLOCK_SET: Final = 21
LOG_CLEARED: Final = (13, 22, 23, 43)


@dataclass(frozen=True)
class Operation:
    """Something a person did at the terminal; `time` is its wall clock."""

    code: int
    operator: str
    time: datetime


@dataclass(frozen=True)
class Operlog:
    """`names` by user id; of `count` lines the rest were of no use here, or not to be kept."""

    names: Mapping[str, str]
    operations: list[Operation]
    count: int


def decode_operlog(body: bytes) -> Operlog:
    names: dict[str, str] = {}
    operations: list[Operation] = []
    count = 0
    for line in body.replace(b"\r", b"\n").split(b"\n"):
        word, _, rest = line.strip(b"\0 ").partition(b" ")
        if not word:
            continue
        count += 1
        if word in (b"USER", b"USERINFO"):
            fields = _fields(rest)
            if user_id := readable_user_id(fields.get("pin", b"")):
                names[user_id] = readable_name(fields.get("name", b""))
        elif word == b"OPLOG" and (operation := _operation(rest)) is not None:
            operations.append(operation)
    return Operlog({user: name for user, name in names.items() if name}, operations, count)


def _operation(line: bytes) -> Operation | None:
    columns = line.decode("utf-8", "replace").split("\t")
    moment = device_time(columns[2]) if len(columns) > 2 else None
    if moment is None or not columns[0].isascii() or not columns[0].isdigit():
        return None
    return Operation(int(columns[0][:5]), readable_user_id(columns[1].encode()), moment)


def _fields(line: bytes) -> dict[str, bytes]:
    """`PIN=1<tab>Name=…` by key without case; only the keys that may be looked at."""
    found: dict[str, bytes] = {}
    for pair in line.split(b"\t"):
        key, is_pair, value = pair.partition(b"=")
        name = key.strip().decode("ascii", "replace").casefold()
        if is_pair and name in ("pin", "name"):
            found[name] = value
    return found


def readable_name(raw: bytes) -> str:
    """A name in UTF-8, or in GB 2312 as terminals made for China write it."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "".join(char for char in text if char.isprintable()).strip()[:100]
    return ""


#: What a terminal tells of itself that may be kept; passwords of networks are told as well.
_TOLD: Final = frozenset(
    {
        "DeviceName", "SerialNumber", "FWVersion", "PushVersion", "Platform", "OEMVendor", "MAC",
        "IPAddress", "TransactionCount", "UserCount", "FPCount", "FaceCount", "MaxAttLogCount",
        "MaxUserCount", "MaxFingerCount", "MaxFaceCount", "FlashSize", "FreeFlashSize", "MainTime",
        "FingerFunOn", "FaceFunOn", "ZKFPVersion", "FPVersion", "FaceVersion",
    }
)  # fmt: skip


def decode_options(body: bytes) -> dict[str, str]:
    """`key=value` parted by commas or lines; a "~" marks keys that cannot be changed."""
    told: dict[str, str] = {}
    for pair in re.split(r"[,\n&]", body_text(body)):
        key, is_pair, value = pair.strip().lstrip("~").partition("=")
        if is_pair and key in _TOLD and value.isprintable():
            told[key] = value.strip()[:100]
    return told


def decode_info(text: str) -> dict[str, str]:
    """The INFO of a request for commands: firmware, users, fingers, punches, address …, faces."""
    values = [value.strip() for value in text.split(",")]
    keys = ("FWVersion", "UserCount", "FPCount", "TransactionCount", "IPAddress")
    told = {key: value[:100] for key, value in zip(keys, values, strict=False) if value}
    if len(values) > 8 and values[8].isdigit():
        told["FaceCount"] = values[8][:10]
    return {key: value for key, value in told.items() if value.isprintable()}


@dataclass(frozen=True)
class Answer:
    """What became of a command: `code` 0 or more is success; `count` of VERIFY SUM."""

    command: int
    code: int
    count: int | None = None
    told: Mapping[str, str] = field(default_factory=dict)


_PAIR: Final = re.compile(r"(?:^|&)(\w+)=([^&]*)", re.ASCII)


def decode_answers(body: bytes) -> list[Answer]:
    """`ID=7&Return=0&CMD=DATA`, many in a body; the lines of an INFO follow its first."""
    pieces = re.split(r"(?m)^(?=ID=)", body_text(body))
    return [answer for piece in pieces if (answer := _answer(piece)) is not None]


def _answer(piece: str) -> Answer | None:
    head = re.split(r"(?mi)^Content=|&Content=", piece)[0]
    pairs = {key: value.strip() for line in head.split("\n") for key, value in _PAIR.findall(line)}
    number, code = _number(pairs.get("ID")), _number(pairs.get("Return"))
    if number is None or code is None:
        return None
    count = _number(pairs.get("AttlogSum") or pairs.get("AttlogCount"))
    return Answer(number, code, count, decode_options(body_bytes(head)))


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"-?\d{1,12}", text, re.ASCII) else None
