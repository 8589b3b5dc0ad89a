"""What statistics offices publish of communes, read from any table that names them."""

from decimal import Decimal
from typing import Any

from sales.engine.census_sheet import CensusFault, CensusRow, read_census

NAMES = {
    "06685": "Phường Hồng Gai",
    "06712": "Phường Móng Cái 1",
    "06994": "Đặc khu Vân Đồn",
    "06799": "Xã Hải Hòa",
    "99998": "Xã Trùng",
    "99999": "Phường Trùng",
}


def test_units_are_known_by_code_or_name_and_sums_are_left_out():
    cells: list[list[Any]] = [
        ["Biểu 5: Dân số trung bình phân theo xã"],
        ["STT", "Mã số", "Đơn vị hành chính", "Diện tích (km²)", "Dân số trung bình (người)"],
        ["", "", "TỔNG SỐ", "6.207,9", "1.400.000"],
        ["I", "", "Thành phố Hạ Long", "", ""],
        [1, 6685.0, "?", "12,34", "28.490"],
        [2, "", "xã Hải Hoà", 41.5, 12_000.0],
        [3, "", "Vân Đồn", "1.041,5 km2", "45 000"],
        [4, "", "P. Móng Cái 1", "", 30_000],
    ]
    sheet = read_census(cells, NAMES)
    assert sheet.faults == ()
    assert sheet.rows == (
        CensusRow(5, "06685", 28_490, Decimal("12.34")),
        CensusRow(6, "06799", 12_000, Decimal("41.50")),
        CensusRow(7, "06994", 45_000, Decimal("1041.50")),
        CensusRow(8, "06712", 30_000, None),
    )


def test_people_told_in_thousands_are_people():
    cells: list[list[Any]] = [
        ["Tên xã", "Dân số (nghìn người)"],
        ["Hồng Gai", "28,49"],
        ["Vân Đồn", 45.2],
    ]
    assert [row.inhabitants for row in read_census(cells, NAMES).rows] == [28_490, 45_200]


def test_every_fault_is_told_with_its_row():
    cells = [
        ["Phường, xã", "Dân số", "Diện tích"],
        ["Hồng Gai", "28490", "rộng"],
        ["Xã Lạ", "5", ""],
        ["Trùng", "5", ""],
        ["Hải Hòa", "0", ""],
        ["Vân Đồn", "7", ""],
        ["Đặc khu Vân Đồn", "8", ""],
        ["Móng Cái 1", "99.999.999", ""],
    ]
    assert read_census(cells, NAMES).faults == (
        CensusFault(2, "area", "rộng"),
        CensusFault(3, "unknown", "Xã Lạ"),
        CensusFault(4, "ambiguous", "Trùng"),
        CensusFault(5, "people", "0"),
        CensusFault(7, "twice", "Đặc khu Vân Đồn"),
        CensusFault(8, "people", "99.999.999"),
    )
    assert read_census([["Tên", "Số"], ["Hồng Gai", "5"]], NAMES).faults == (
        CensusFault(0, "no_heads", ""),
    )
