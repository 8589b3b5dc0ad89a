"""The bank's statement: read in any shape, matched with its reasons, each line booked once."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.test import Client
from openpyxl import Workbook
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from sales.engine.bank_matching import Matcher, Payer
from sales.engine.bank_sheet import read_sheet
from sales.models import Agent, AgentBalance, BankLine, BankStatement, JournalEntry
from tests.sales.conftest import Company, bulk, line

HOME = "/ban-ve/cong-no/sao-ke/"
PAYERS = (
    Payer("QN0001", "Nguyễn Văn An", frozenset({292_000})),
    Payer("QN0002", "Cửa hàng vé số Bình Minh", frozenset({440_000, 10_000})),
    Payer("QN0003", "Trần Thị Chi", frozenset({440_000})),
)


@pytest.mark.parametrize(
    ("amount", "sender", "text", "wanted"),
    [
        (1, "", "QN0002 nop tien ve", ("QN0002", "high", ("code",))),
        (1, "", "QN 0002 nop tien ve thang 11", ("QN0002", "high", ("code",))),
        (292_000, "NGUYEN VAN AN", "nop tien", ("QN0001", "high", ("name", "amount"))),
        (5, "NGUYEN VAN AN", "", ("QN0001", "fair", ("name",))),
        (292_000, "", "chuyen khoan", ("QN0001", "low", ("amount",))),
        (5, "LE VAN DUC", "", ("QN0003", "fair", ("payer",))),
    ],
)
def test_a_line_is_proposed_with_its_reasons(
    amount: int, sender: str, text: str, wanted: tuple[str, str, tuple[str, ...]]
):
    matcher = Matcher(PAYERS, {"le van duc": "QN0003"})
    first = matcher.proposals(amount=amount, sender=sender, text=text)[0]
    assert (first.agent, first.confidence, first.reasons) == wanted


def test_two_equal_proposals_are_trusted_in_neither():
    told = Matcher(PAYERS, {}).proposals(amount=440_000, sender="", text="QN0002 QN0003")
    assert [(each.agent, each.confidence) for each in told] == [
        ("QN0002", "low"),
        ("QN0003", "low"),
    ]
    assert Matcher(PAYERS, {}).proposals(amount=7, sender="AI DO", text="tien") == []


HEADS = ["Ngày giao dịch", "Số tham chiếu", "Nội dung", "Ghi nợ", "Ghi có", "Tên người chuyển"]


def test_a_sheet_is_read_between_the_banks_own_lines():
    told = read_sheet([
        ["NGÂN HÀNG", "", "Sao kê tài khoản 0011"],
        ["", ""],
        HEADS,
        ["25/11/2026 08:15:00", "FT1", "AN nop tien", "", "292.000", "Nguyễn Văn An"],
        [datetime(2026, 11, 26, 9, 0), "FT2", "Phi", "11.000", "", ""],  # noqa: DTZ001 -- as a cell is
        ["2026-11-26", "", "BINH nop", 0, 1_000_000.0, ""],
        ["", "", "Cộng phát sinh", "11.000", "1.292.000", ""],
    ])  # fmt: skip
    assert (told.outgoing, told.faults) == (1, ())
    assert [(row.day, row.amount, row.sender) for row in told.rows] == [
        (date(2026, 11, 25), 292_000, "Nguyễn Văn An"),
        (date(2026, 11, 26), 1_000_000, ""),
    ]
    assert told.rows[0].reference == "FT1"
    assert told.rows[1].reference.startswith("tự lập ")


def test_every_fault_of_a_sheet_is_told():
    told = read_sheet([
        HEADS,
        ["hôm qua", "FT1", "", "", "5.000", ""],
        ["25/11/2026", "FT2", "", "", "năm nghìn", ""],
        ["25/11/2026", "FT3", "", "1.000", "2.000", ""],
    ])  # fmt: skip
    assert [(fault.row, fault.code) for fault in told.faults] == [
        (2, "day"), (3, "amount"), (4, "two_amounts"),
    ]  # fmt: skip
    assert read_sheet([["a", "b"]]).faults[0].code == "no_heads"


@pytest.mark.parametrize(
    ("head", "out", "in_"),
    [("Loại giao dịch", "Ghi nợ", "Ghi có"), ("Nợ/Có", "N", "C"), ("D/C", "D", "C")],
)
def test_a_column_may_say_which_way_money_went(head: str, out: str, in_: str):
    told = read_sheet([
        ["Ngày", "Số tham chiếu", "Nội dung", "Số tiền", head],
        ["25/11/2026", "FT1", "QN0001 nop tien", "5.000", in_],
        ["25/11/2026", "FT2", "Tra ky quy QN0001", "7.000", out],
    ])  # fmt: skip
    assert (told.faults, told.outgoing, [row.amount for row in told.rows]) == ((), 1, [5_000])


def test_no_money_is_passed_over_in_silence():
    told = read_sheet([
        HEADS,
        ["Số dư đầu kỳ", "", "", "", "9.000.000", ""],
        ["25/11/2026", "UNC01", "AN nop", "", "1.000", ""],
        ["", "FT2", "BINH nop", "", "2.000", ""],  # its day stood in a merged cell
        ["", "", "Tổng công ty Than nộp", "", "3.000", ""],
        ["25/11/2026", "UNC01", "CHI nop", "", "4.000", ""],
        ["25/11/2026", "-", "AN nop", "", "5.000", ""],
        ["25/11/2026", "-", "BINH nop", "", "6.000", ""],
        ["Tổng cộng", "", "", "", "21.000", ""],
        ["", "Tổng phát sinh", "", "0", "21.000", ""],
    ])  # fmt: skip
    assert [(fault.row, fault.code) for fault in told.faults] == [
        (4, "day"), (5, "day"), (6, "repeated"),
    ]  # fmt: skip
    assert [row.amount for row in told.rows] == [1_000, 4_000, 5_000, 6_000]


@pytest.fixture
def desk(
    company: Company,
    page: Callable[..., Client],
    api: Callable[..., APIClient],
    person: Callable[..., User],
) -> Any:
    """In December: An owes 292,000 and Chi 440,000."""
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=VN), tick=False):
        clerk = person("sales_manager", username="thu_ky")
        company.chi.name = "Trần Thị Chi"
        company.chi.save()
        client = api(clerk)
        bulk(client, [line("AN", issued=40), line("CHI", issued=50)])
        assert client.post("/api/v1/draws/2026-11-17/close/").status_code == 201
        yield page(clerk)


ROWS: list[list[Any]] = [
    HEADS,
    [date(2026, 11, 25), "FT1", "nop tien ve 17/11", None, 440_000, "TRAN THI CHI"],
    [date(2026, 11, 26), "FT2", "nop tien", None, 100_000, "NGUOI LA"],
    [date(2026, 11, 26), "FT3", "Hoan phi the", None, 5_000, "NGAN HANG"],
]


def send(client: Client, rows: list[list[Any]], account: str = "0011") -> str:
    book, memory = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(memory)
    upload = SimpleUploadedFile("sao-ke.xlsx", memory.getvalue())
    sent = {"tep": upload, "tai_khoan": account}
    return client.post(f"{HOME}nhap/", sent, follow=True).content.decode()


def test_a_statement_is_imported_matched_and_booked_once(desk: Client):
    unread: list[Any] = [date(2026, 11, 25), "FT1", "", None, "năm nghìn", ""]
    assert "Dòng 5: số tiền" in send(desk, [[], [], [], HEADS, unread])
    assert "Đã nhập 3 dòng tiền vào mới, 0 dòng đã có" in send(desk, ROWS)
    assert "Đã nhập 0 dòng tiền vào mới, 3 dòng đã có" in send(desk, ROWS)
    one, two, three = BankLine.objects.order_by("pk")
    shown = desk.get(HOME).content.decode()
    assert f'name="dong" value="{one.pk}" checked' in shown
    assert "chưa rõ của ai" in shown
    sent = {"dong": [str(one.pk), str(two.pk)], f"dai_ly_{one.pk}": "CHI", f"dai_ly_{two.pk}": ""}
    assert "điền mã đại lý" in desk.post(f"{HOME}ghi/", sent, follow=True).content.decode()
    wrong = desk.post(f"{HOME}ghi/", sent | {f"dai_ly_{two.pk}": "XYZ"}, follow=True)
    assert "Không có đại lý mã XYZ" in wrong.content.decode()
    assert not JournalEntry.objects.filter(event="payment").exists()
    booked = desk.post(f"{HOME}ghi/", sent | {f"dai_ly_{two.pk}": "AN"}, follow=True)
    assert "Đã ghi sổ 2 khoản nộp tiền." in booked.content.decode()
    owed = dict(AgentBalance.objects.values_list("agent__code", "receivable"))
    assert (owed["CHI"], owed["AN"]) == (0, 352_000 - 100_000)
    entry = JournalEntry.objects.get(reference="FT1")
    assert (entry.bank, entry.value_date) == (440_000, date(2026, 11, 25))
    again = desk.post(f"{HOME}ghi/", sent | {f"dai_ly_{two.pk}": "AN"}, follow=True)
    assert "đã được ghi sổ hoặc để riêng" in again.content.decode()
    aside = {"viec": "de_rieng", "ly_do": "Ngân hàng hoàn phí"}
    desk.post(f"{HOME}{three.pk}/", aside)
    assert "Không có dòng nào" in desk.get(HOME).content.decode()
    assert "Ngân hàng hoàn phí" in desk.get(HOME, {"tt": "aside"}).content.decode()
    desk.post(f"{HOME}{three.pk}/", {"viec": "lay_lai"})
    assert BankLine.objects.get(pk=three.pk).reason == ""


def test_another_transfer_under_a_known_number_is_not_taken_for_it(desk: Client):
    send(desk, ROWS)
    other: list[Any] = [date(2026, 11, 27), "FT1", "nop tien", None, 3_000_000, "LE VAN DUC"]
    told = send(desk, [HEADS, other])
    assert "Dòng 2: số &quot;FT1&quot; đã nhập trước đây" in told
    assert (BankLine.objects.count(), BankStatement.objects.count()) == (3, 1)
    assert "Đã nhập 1 dòng tiền vào mới, 0 dòng đã có" in send(desk, [HEADS, other], account="0022")


def test_a_wrong_match_is_undone_by_reversal_only(desk: Client):
    send(desk, ROWS)
    two = BankLine.objects.get(reference="FT2")
    book = {"dong": [str(two.pk)], f"dai_ly_{two.pk}": "CHI"}
    desk.post(f"{HOME}ghi/", book)
    entry = JournalEntry.objects.get(reference="FT2")
    with pytest.raises(InternalError, match="only by its reversal"), transaction.atomic():
        BankLine.objects.filter(pk=two.pk).update(entry=None)
    refused = desk.post(f"{HOME}{two.pk}/", {"viec": "dao", "ly_do": "x"}, follow=True)
    assert "ít nhất 5 ký tự" in refused.content.decode()
    desk.post(f"{HOME}{two.pk}/", {"viec": "dao", "ly_do": "Nhầm đại lý", "tt": "booked"})
    two.refresh_from_db()
    assert two.entry is None
    assert entry.reversal.receivable == 100_000
    desk.post(f"{HOME}ghi/", book | {f"dai_ly_{two.pk}": "AN"})
    second = BankLine.objects.get(pk=two.pk).entry
    assert second is not None
    assert (second.agent, second.receivable) == (Agent.objects.get(code="AN"), -100_000)
    # Who sent it is remembered for the next statement.
    next_one: list[list[Any]] = [
        HEADS,
        [date(2026, 12, 1), "FT9", "nop tien", None, 7_000, "Người Lạ"],
    ]
    assert "người này từng nộp" in send(desk, next_one)


def test_a_payment_of_a_bank_line_is_not_reversed_elsewhere(
    desk: Client, api: Callable[..., APIClient], person: Callable[..., User]
):
    send(desk, ROWS)
    one = BankLine.objects.get(reference="FT1")
    desk.post(f"{HOME}ghi/", {"dong": [str(one.pk)], f"dai_ly_{one.pk}": "CHI"})
    entry = JournalEntry.objects.get(reference="FT1")
    client = api(person("sales_manager", username="hai"))
    told = client.post(f"/api/v1/journal/{entry.pk}/reversal/", {"reason": "Nhầm đại lý"})
    assert (told.status_code, told.json()["code"]) == (409, "journal.pays_a_bank_line")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "không có ô nào"),
        (b"PK\x03\x04rac", "Không đọc được tệp"),
        (b"a;b\n1;2", "Không thấy dòng tiêu đề"),
        ("Ngày;Ghi có\n25/11/2026;năm".encode(), "Dòng 2: số tiền"),
        ("Ngày;Ghi có\n25/12/2026;5000".encode(), "ngày chưa tới"),
        ("Ngày;Ghi có".encode("utf-16")[:-3], "CSV UTF-8"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_with_the_reason(
    desk: Client, content: bytes, told: str
):
    sent = {"tep": SimpleUploadedFile("a.csv", content), "tai_khoan": "0011"}
    assert told in desk.post(f"{HOME}nhap/", sent, follow=True).content.decode()
    assert not BankStatement.objects.exists()


def test_one_region_sees_no_bank_lines(
    desk: Client, company: Company, page: Callable[..., Client], person: Callable[..., User]
):
    theirs = page(person("sales_manager", username="mai", region=company.mong_cai))
    assert "cả công ty" in theirs.get(HOME).content.decode()
    assert "cả công ty" in send(theirs, ROWS)
    assert not BankLine.objects.exists()
