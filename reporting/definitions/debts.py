"""Agents' debts (công nợ đại lý): ageing, security, limits, exceptions, interest for paying late."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from reporting.builders.content import (
    Blocks,
    Chart,
    Column,
    Form,
    Kind,
    Part,
    Row,
    Sentence,
    Sentences,
    Series,
    Table,
    Tiles,
    figure,
    linked,
    row,
    total_of,
)
from reporting.builders.telling import count, of_many
from reporting.builders.telling import money as amount
from reporting.defining import SALES_SCOPES, Asked, Definition, SectionOf, Words
from reporting.periods import PeriodKind
from reporting.sections import money
from reporting.sections.period_report import read_debts
from sales.figures.money import Debt, DebtBook, InterestDue

SHOWN = 30


def _summary(asked: Asked, book: DebtBook) -> Blocks:
    items = [*money.debt_sentences(asked, book)]
    if not items:
        return ()
    if late := [each for each in book.interest if each.amount]:
        items.append(_interest_sentence(asked, late))
    return Sentences(tuple(items)), Tiles(tuple(money.debt_tiles(book)))


def _headline(asked: Asked, data: Mapping[str, Any]) -> tuple[Part, ...]:
    """Like "còn nợ 5.571,9 triệu, quá hạn 761,5 triệu"."""
    owed = money.owing(data["debts"])
    if not owed:
        return ()
    whole = figure(sum(debt.owed_amount for debt in owed), Kind.MILLIONS)
    overdue = figure(sum(debt.age.overdue for debt in owed), Kind.MILLIONS)
    return ("còn nợ ", whole, " triệu, quá hạn ", overdue, " triệu")


def _interest_sentence(asked: Asked, late: list[InterestDue]) -> Sentence:
    link = f"{reverse('overdue_interest')}?thang={asked.period.last:%Y-%m}"
    many, whole = count(len(late), link), amount(sum(each.amount for each in late), link)
    return Sentence(
        ("Lãi chậm nộp trong tháng ", whole, " của ", many, " đại lý."),
        ("Interest for paying late this month ", whole, " of ", many,
         of_many(len(late), " agent.", " agents.")),
    )  # fmt: skip


def _ageing(asked: Asked, book: DebtBook) -> Blocks:
    owed = money.owing(book)
    return (_ageing_chart(owed), money.ageing_table(book, SHOWN)) if owed else ()


def _ageing_chart(owed: list[Debt]) -> Chart:
    ages = [debt.age for debt in owed]
    sums = (
        ("Trong hạn", sum(age.not_due for age in ages)),
        ("1–7 ngày", sum(age.days_1_to_7 for age in ages)),
        ("8–30 ngày", sum(age.days_8_to_30 for age in ages)),
        ("Trên 30 ngày", sum(age.days_over_30 for age in ages)),
    )
    return Chart(
        title="Dư nợ theo tuổi nợ",
        description="Phần trong hạn và phần quá hạn theo số ngày.",
        form=Form.COLUMN,
        head="Quá hạn",
        categories=tuple(name for name, _sum in sums),
        series=(Series("Dư nợ", tuple(value for _name, value in sums)),),
        kind=Kind.MILLIONS,
        in_mail=True,
    )


def _over(asked: Asked, book: DebtBook) -> Blocks:
    """Those over the limit, and those an exception lets owe more."""
    allowed = {each.code: each for each in book.allowed}
    told = [debt for debt in book.debts if debt.over_amount or debt.code in allowed]
    if not told:
        return ()
    columns = (
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Địa bàn", Kind.TEXT),
        Column("Dư nợ", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Hạn mức", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Vượt", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Được nợ đến", Kind.MILLIONS),
        Column("Đến hết ngày", Kind.DAY),
        Column("Lý do", Kind.TEXT, width=30),
    )
    ordered = sorted(told, key=lambda debt: (-debt.over_amount, debt.code))
    rows = tuple(_over_row(debt, book) for debt in ordered)
    whole = total_of("Cộng", columns, rows)
    return (Table("Vượt hạn mức và được cho vượt", columns, rows, whole, SHOWN, in_mail=5),)


def _over_row(debt: Debt, book: DebtBook) -> Row:
    more = next((each for each in book.allowed if each.code == debt.code), None)
    return row(
        linked(debt.name, reverse("statement", args=[debt.code])), debt.region, debt.owed_amount,
        debt.limit_amount, debt.over_amount, more.limit_amount if more else None,
        more.until if more else None, more.reason if more else None,
    )  # fmt: skip


def _interest(asked: Asked, book: DebtBook) -> Blocks:
    if not book.interest:
        return ()
    columns = (
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Địa bàn", Kind.TEXT),
        Column("Lãi trong tháng", Kind.AMOUNT, adds=True, in_mail=True),
        Column("Đã ghi sổ", Kind.AMOUNT, adds=True, in_mail=True),
    )
    rows = tuple(
        row(
            linked(each.name, reverse("statement", args=[each.code])), each.region,
            each.amount, each.booked_amount,
        )
        for each in book.interest
    )  # fmt: skip
    whole = total_of("Cộng", columns, rows)
    return (Table("Lãi chậm nộp theo đại lý", columns, rows, whole, SHOWN, in_mail=5),)


REPORT = Definition(
    code="debts",
    slug="cong-no",
    title=Words("Công nợ đại lý", "Agents' debts"),
    short=Words("Công nợ", "Debts"),
    period=PeriodKind.AS_OF,
    capability="sales.view",
    scopes=SALES_SCOPES,
    datasets={"debts": read_debts},
    headline=_headline,
    sections=(
        SectionOf("summary", "Tóm tắt", _summary, needs=("debts",), nothing="Không đại lý nào còn nợ."),
        SectionOf("ageing", "Tuổi nợ", _ageing, needs=("debts",), nothing="Không đại lý nào còn nợ."),
        SectionOf(
            "over", "Hạn mức", _over, needs=("debts",),
            nothing="Không đại lý nào vượt hạn mức hoặc được cho vượt.",
        ),
        SectionOf(
            "interest", "Lãi chậm nộp", _interest, needs=("debts",),
            nothing="Không có lãi chậm nộp trong tháng.",
        ),
    ),
    remarks=(
        "Tiền nộp trả cho kỳ quay cũ nhất trước; tuổi nợ tính từ hạn nộp.",
        "Bảo đảm gồm tiền công ty giữ và phần được tính của bảo lãnh, thế chấp còn hiệu lực.",
        "“Dùng bảo đảm” là dư nợ trên bảo đảm.",
    ),
    about=Words(
        "Dư nợ theo tuổi nợ, tài sản bảo đảm, vượt hạn mức và ngoại lệ, lãi chậm nộp.",
        "Debts by age, security, over the limit and exceptions, interest for paying late.",
    ),
)  # fmt: skip
