"""The mail that carries an edition: subject, plain text and HTML of the same content. Pure."""

from dataclasses import dataclass

from reporting.builders.briefing import Briefing
from reporting.builders.html import MISSING_SHOWN, mail_body
from reporting.builders.numbers import change, clock, day, millions, percent
from reporting.builders.sentences import sentences
from reporting.builders.tiles import tiles


@dataclass(frozen=True)
class Letter:
    """What a mail says."""

    subject: str
    text: str
    html: str


def letter(briefing: Briefing, *, sha256: str, link: str, files: list[str]) -> Letter:
    """The mail of an edition. `link` opens its page, `files` are the names of the attachments."""
    return Letter(
        subject=subject(briefing),
        text=text(briefing, sha256=sha256, link=link, files=files),
        html=mail_body(briefing, sha256=sha256, link=link, files=files),
    )


def subject(briefing: Briefing) -> str:
    """[XSKT QN] Giao ban tuần 47: doanh thu 8.420,1 triệu (+3,1 %)."""
    heading = briefing.heading
    start = f"[{heading.company_short}] Giao ban tuần {heading.week}"
    if heading.region:
        start += f" – {heading.region}"
    if briefing.is_empty:
        return f"{start}: không có phát sinh"
    if briefing.sales is None or briefing.sales.is_empty:
        return f"{start} ({day(heading.first_date)}–{day(heading.last_date)})"
    total = briefing.sales.total
    amount = millions(total.now.revenue_amount)
    return f"{start}: doanh thu {amount} triệu ({change(total.week.change_bps)})"


def text(briefing: Briefing, *, sha256: str, link: str, files: list[str]) -> str:
    """The plain part: everything the HTML part says."""
    heading = briefing.heading
    lines = [
        heading.company,
        f"BÁO CÁO GIAO BAN TUẦN {heading.week}/{heading.first_date.isocalendar().year}",
        f"Từ {day(heading.first_date)} đến {day(heading.last_date)}, bản số {heading.number}",
        f"Số liệu chốt {clock(heading.cut_off_at)} (giờ Việt Nam)",
        "",
    ]
    if heading.is_demonstration:
        lines += ["DỮ LIỆU TRÌNH DIỄN", ""]
    lines += [*missing_lines(briefing), ""]
    lines += [f"- {sentence}" for sentence in sentences(briefing)]
    lines.append("")
    lines += [
        f"{t.label}: {t.value} {t.unit} ({t.note})".replace("  ", " ") for t in tiles(briefing)
    ]
    lines += ["", f"Xem trên trang: {link}"]
    if files:
        lines.append(f"Tệp kèm theo: {', '.join(files)}")
    lines += ["", f"Mã bản: {heading.code} · SHA-256 {sha256[:16]}", ""]
    return "\n".join(lines)


def missing_lines(briefing: Briefing) -> list[str]:
    """What is missing, in words; one line when nothing is."""
    found = briefing.completeness
    if found.is_complete:
        return ["Đủ số liệu: mọi nguồn đã báo cáo."]
    lines = [f"CHƯA CÓ phần {f.section}: {f.reason}" for f in found.failures]
    if found.agents:
        names = ", ".join(agent.name for agent in found.agents[:MISSING_SHOWN])
        more = len(found.agents) - MISSING_SHOWN
        rest = f" và {more} đại lý khác" if more > 0 else ""
        lines.append(
            f"Thiếu báo cáo của {len(found.agents)} đại lý"
            f" (thường chiếm {percent(found.missing_share_bps)} doanh thu): {names}{rest}."
        )
    lines += [
        f"Máy chấm công {t.name} mất liên lạc từ {clock(t.last_contact_at)}."
        if t.last_contact_at
        else f"Máy chấm công {t.name} chưa liên lạc được lần nào."
        for t in found.terminals
    ]
    return lines
