"""Which issue of a controlled document holds, who may take which step, and marks on a PDF's pages."""

from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from backend.pdf import pdf, untagged_pdf
from reporting.control.giving_out import marks_page
from reporting.control.rules import (
    Issue,
    Standing,
    State,
    Step,
    earliest,
    in_force,
    next_review,
    standing,
    steps,
)
from reporting.control.stamping import BadPdf, page_sizes, stamped

A = State.APPROVED
FIRST = date(2026, 1, 5)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_a_new_issue_ends_the_old_one_on_its_effective_day():
    one, two = Issue(1, A, day(0)), Issue(2, A, day(10))
    draft = Issue(3, State.DRAFT, day(5))
    issues = [one, two, draft]
    told = [[standing(each, issues, day(on)).value for each in issues] for on in (-1, 0, 9, 10)]
    assert told == [
        ["coming", "coming", "draft"],
        ["in_force", "coming", "draft"],
        ["in_force", "coming", "draft"],
        ["withdrawn", "in_force", "draft"],
    ]
    assert earliest(issues, on=day(3)) == day(11)


def test_a_withdrawal_before_the_effective_day_leaves_the_old_issue_in_force():
    one = Issue(1, A, day(0))
    never = Issue(2, State.WITHDRAWN, day(10), withdrawn=day(8))
    held = Issue(2, State.WITHDRAWN, day(10), withdrawn=day(12))
    assert in_force([one, never], day(20)) == one
    assert standing(never, [one, never], day(20)) is Standing.WITHDRAWN
    assert in_force([one, held], day(11)) == held
    assert in_force([one, held], day(12)) is None, "what was replaced does not come back"


@given(
    st.lists(
        st.builds(
            lambda start, length: (start, None if length > 40 else start + length),
            st.integers(0, 60),
            st.integers(-10, 60),
        ),
        max_size=6,
        unique_by=lambda each: each[0],
    ),
    st.integers(-5, 100),
)
@settings(max_examples=100)
def test_at_most_one_issue_is_in_force_on_any_day(spans, on):
    issues = [
        Issue(n, State.WITHDRAWN if end is not None else A, day(start),
              None if end is None else day(end))
        for n, (start, end) in enumerate(sorted(spans), start=1)
    ]  # fmt: skip
    held = [each for each in issues if standing(each, issues, day(on)) is Standing.IN_FORCE]
    assert held == [each for each in [in_force(issues, day(on))] if each]


@pytest.mark.parametrize(
    ("state", "control", "approve", "author", "wanted"),
    [
        (State.DRAFT, True, True, True, [Step.CHANGED, Step.SUBMITTED]),
        (State.DRAFT, False, True, False, []),
        (State.SUBMITTED, True, True, True, []),
        (State.SUBMITTED, True, True, False, [Step.RETURNED, Step.APPROVED]),
        (State.SUBMITTED, True, False, False, []),
        (State.APPROVED, False, True, True, [Step.WITHDRAWN]),
        (State.WITHDRAWN, True, True, False, []),
    ],
)
def test_nobody_approves_what_is_their_own(state, control, approve, author, wanted):
    found = steps(state, may_control=control, may_approve=approve, is_author=author)
    assert found == wanted


def test_a_review_is_due_months_after_the_last_one():
    assert next_review(date(2026, 3, 31), [], months=12) == date(2027, 3, 31)
    assert next_review(date(2024, 2, 29), [], months=12) == date(2025, 2, 28)
    assert next_review(date(2026, 3, 31), [date(2026, 8, 31)], months=6) == date(2027, 2, 28)


PAGES = (
    "<style>@page{size:A4} @page b{size:A5 landscape} .b{page:b}</style><p>một</p>"
    "<div class='b'>hai</div><div class='b' style='break-before:page'>ba</div>"
)


@cache
def whole() -> bytes:
    return pdf(PAGES)


def turned(content: bytes) -> bytes:
    """The same pages, turned by a quarter each."""
    writer = PdfWriter(clone_from=BytesIO(content))
    for number, each in enumerate(writer.pages):
        each.rotate(90 * number)
    memory = BytesIO()
    writer.write(memory)
    return memory.getvalue()


def written(change):
    """A file of one empty page, changed in a way."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    change(writer)
    memory = BytesIO()
    writer.write(memory)
    return memory.getvalue()


def with_script(writer):
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


# WeasyPrint packs objects into streams, as Word does; pypdf writes each for itself.
@pytest.mark.parametrize("as_written", [bytes, turned])
def test_every_page_of_a_pdf_is_marked_in_its_own_size(as_written):
    content = as_written(whole())
    sizes = page_sizes(content)
    marks = untagged_pdf(
        marks_page(sizes, foot="QT-01 · Bản kiểm soát số 03", across="HẾT HIỆU LỰC")
    )
    made = stamped(content, marks)
    assert made == stamped(content, marks), "the same bytes every time"
    pages = PdfReader(BytesIO(made), strict=True).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) == 3
    for number, (word, text) in enumerate(zip(("một", "hai", "ba"), texts, strict=True), start=1):
        assert word in text
        assert f"QT-01 · Bản kiểm soát số 03 · Trang {number}/3" in text
        assert "HẾT HIỆU LỰC" in text
    again = page_sizes(made)
    assert again == sizes, "what was marked can be marked again"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.4\n", "hỏng"),
        (written(lambda pdf: pdf.encrypt("")), "mật khẩu"),
        (written(with_script), "JavaScript"),
        (written(with_script).replace(b"/JavaScript", b"/J#61vaScript"), "JavaScript"),
        (written(lambda pdf: pdf.add_blank_page(60, 60)), "khổ giấy"),
        (written(lambda pdf: [pdf.add_blank_page(595, 842) for _ in range(500)]), "quá 500 trang"),
        (b"%PDF-1.4\n1 0 obj <</Pages 1 0 R /Kids[1 0 R]>> endobj trailer<</Root 1 0 R>>", "hỏng"),
        (b"%PDF-1.4\n1 0 obj " + b"[" * 100_000 + b" endobj trailer<</Root 1 0 R>>", "hỏng"),
        (written(lambda pdf: pdf.remove_page(0)), "không có trang"),
        ((b"%PDF-1.4\n1 0 obj <</Pages 2 0 R>> endobj 2 0 obj <</MediaBox[0 0 9 1E9]>> endobj"
         b" trailer<</Root 1 0 R>>"), "hỏng|khổ giấy"),
        (b"%PDF-1.4\n1 0 obj " + b"%" * 100_000, "hỏng"),
    ],
)  # fmt: skip
def test_a_pdf_that_cannot_be_marked_says_why(content, reason):
    with pytest.raises(BadPdf, match=reason):
        page_sizes(content)


@given(st.data())
@settings(max_examples=25)
def test_a_torn_pdf_is_refused_and_never_breaks_the_program(data):
    content = whole()
    at = data.draw(st.integers(0, len(content) - 1))
    cut = data.draw(st.integers(0, 400))
    with suppress(BadPdf):
        page_sizes(content[:at] + content[at + cut :])
