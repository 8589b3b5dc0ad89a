"""A conclusion typed in one line: what is read, and what is refused with which words."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.tasks.conclusion_line import Conclusion, Fault, folded, read_conclusion

TODAY = date(2026, 11, 27)
UNITS = {
    "kd": "d-KD",
    "phongkinhdoanh": "d-KD",
    "kinhdoanh": "d-KD",
    "tchc": "d-TCHC",
    "cp": "s-CP",
    "campha": "s-CP",
}
KPIS = {"revenue": "revenue", "doanhthu": "revenue", "muon": "late"}


def read(line: str, today: date = TODAY) -> Conclusion | tuple[Fault, ...]:
    return read_conclusion(line, today=today, units=UNITS, kpis=KPIS)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "Đẩy mạnh bán vé lô tô @KD @TCHC #30/11 !kpi:revenue",
            Conclusion("Đẩy mạnh bán vé lô tô", ("d-KD", "d-TCHC"), date(2026, 11, 30), "revenue"),
        ),
        # The year is the coming one; today itself still counts.
        ("Việc – @kd, #05/01", Conclusion("Việc", ("d-KD",), date(2027, 1, 5), "")),
        ("Việc @KD #27/11", Conclusion("Việc", ("d-KD",), TODAY, "")),
        ("Việc @KD #26/11", Conclusion("Việc", ("d-KD",), date(2027, 11, 26), "")),
        ("Việc @KD #01/03/2028", Conclusion("Việc", ("d-KD",), date(2028, 3, 1), "")),
        # Names without accents, marks anywhere, a full stop after a mark, the same unit twice.
        ("@Cẩm-Phả rà soát điểm bán #1-12.", Conclusion("rà soát điểm bán", ("s-CP",), date(2026, 12, 1), "")),
        ("Giảm đi muộn @KD @kinh-doanh #1/12 !kpi:muộn", Conclusion("Giảm đi muộn", ("d-KD",), date(2026, 12, 1), "late")),
        # A figure is meant without its "!", too; what goes on after a space is the sentence.
        ("Giảm đi muộn @KD kpi:muộn #1/12", Conclusion("Giảm đi muộn", ("d-KD",), date(2026, 12, 1), "late")),
        ("Giảm đi muộn @KD !KPI:muộn #1/12", Conclusion("Giảm đi muộn", ("d-KD",), date(2026, 12, 1), "late")),
        ("Đạt KPI: 5 tỷ @KD #1/12", Conclusion("Đạt KPI: 5 tỷ", ("d-KD",), date(2026, 12, 1), "")),
        (r"Mục \kpi:cũ @KD #1/12", Conclusion("Mục kpi:cũ", ("d-KD",), date(2026, 12, 1), "")),
        # What only looks like a mark, and marks that are meant as themselves.
        (
            "Gửi thư tới a@b.vn, kênh #baochi, gấp! @KD #1/12",
            Conclusion("Gửi thư tới a@b.vn, kênh #baochi, gấp!", ("d-KD",), date(2026, 12, 1), ""),
        ),
        (r"Dùng dấu \@KD và \#5 @TCHC #1/12", Conclusion("Dùng dấu @KD và #5", ("d-TCHC",), date(2026, 12, 1), "")),
        ("=HYPERLINK() <b>x</b> @KD #1/12", Conclusion("=HYPERLINK() <b>x</b>", ("d-KD",), date(2026, 12, 1), "")),
    ],
)  # fmt: skip
def test_reads(line, wanted):
    assert read(line) == wanted


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("", ["no_text", "no_unit", "no_day"]),
        ("@KD #1/12", ["no_text"]),
        ("Việc #1/12", ["no_unit"]),
        ("Việc @KD", ["no_day"]),
        ("Việc @KX #1/12", ["unknown_unit"]),
        ("Việc @KD #31/11", ["not_a_day"]),
        ("Việc @KD #29/02", ["not_a_day"]),
        ("Việc @KD #30", ["not_a_day"]),
        ("Việc @KD #1/12/26", ["not_a_day"]),
        ("Việc @KD #01/11/2026", ["past_day"]),
        ("Việc @KD #01/11/2036", ["far_day"]),
        ("Việc @KD #1/12 #2/12", ["two_days"]),
        ("Việc @KD #1/12 !kpi:lãi", ["unknown_kpi"]),
        ("Việc @KD #1/12 !kpi:", ["unknown_kpi"]),
        ("Việc @KD #1/12 kpi:no", ["unknown_kpi"]),
        ("Việc @KD #1/12 kpi:muộn !kpi:revenue", ["two_kpis"]),
        ("Việc @KD #1/12 !kpi:muộn !kpi:revenue", ["two_kpis"]),
        ("V" * 2_001, ["too_long"]),
    ],
)
def test_refuses_naming_what_is_wrong(line, faults):
    found = read(line)
    assert isinstance(found, tuple)
    assert [fault.code for fault in found] == faults


def test_an_unknown_unit_is_answered_with_what_was_meant():
    assert read("Việc @tchx #1/12") == (Fault("unknown_unit", "tchx", ("d-TCHC",)),)


def test_the_29th_of_february_is_found_in_a_leap_year():
    found = read("Việc @KD #29/02", today=date(2027, 12, 1))
    assert isinstance(found, Conclusion)
    assert found.due == date(2028, 2, 29)


@settings(max_examples=200)
@given(st.text(max_size=300), st.dates(date(2020, 1, 1), date(2090, 12, 31)))
def test_any_text_is_read_or_refused_and_a_due_day_is_never_past(text, today):
    found = read(text, today)
    if isinstance(found, Conclusion):
        assert today <= found.due <= today + timedelta(days=3 * 366)
        assert found.units
        assert found.text == found.text.strip() != ""
    else:
        assert found


@settings(max_examples=100)
@given(
    st.text("abcđêô ,.-", min_size=1, max_size=40).filter(lambda t: t.strip(" ,;–-.")),
    st.permutations(["@KD", "@TCHC", "#30/11", "!kpi:revenue"]),
)
def test_the_order_of_the_marks_changes_only_who_leads(text, marks):
    found = read(f"{text} {' '.join(marks)}")
    assert isinstance(found, Conclusion)
    assert set(found.units) == {"d-KD", "d-TCHC"}
    leads = "d-KD" if marks.index("@KD") < marks.index("@TCHC") else "d-TCHC"
    assert found.units[0] == leads
    assert (found.due, found.kpi) == (date(2026, 11, 30), "revenue")


def test_names_are_compared_without_accents_spaces_and_dashes():
    assert folded("Phòng Kinh doanh") == folded("phong-kinh-doanh") == "phongkinhdoanh"
    assert folded("Phòng Tổ chức – Hành chính") == "phongtochuchanhchinh"
