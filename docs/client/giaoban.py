"""A typed client of the Giao Ban API, on Python's own library. Generated: do not edit.

api = GiaoBan.login("https://giaoban.example.vn/api/v1", "luong", "…")
page = api.agents_list(search="hoa")
"""

import json
from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, overload
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


class GiaoBanProblem(Exception):
    """What the server refused: decide on `code`, show `detail`; `errors` names rows and fields."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code: str = problem.get("code", "")
        self.detail: str = problem.get("detail", "")
        self.errors: list[dict[str, Any]] = problem.get("errors", [])


class Connection:
    """Address and token. `etag` is that of the last answer, to be sent as `if_match`."""

    def __init__(self, address: str, token: str = "", *, language: str = "vi") -> None:
        self.address, self.token, self.language = address.rstrip("/"), token, language
        self.etag = ""

    def call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str | None] | None = None,
        body: Any = None,
    ) -> Any:
        """The answer decoded: JSON as Python, anything else as bytes. Raises GiaoBanProblem."""
        asked = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        address = path if path.startswith("http") else self.address + path
        address += f"?{urlencode(asked)}" if asked else ""
        sent = {"Accept-Language": self.language, **{k: v for k, v in (headers or {}).items() if v}}
        if self.token:
            sent["Authorization"] = f"Token {self.token}"
        data = None
        if body is not None:
            data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = Request(address, data=data, headers=sent, method=method)
        try:
            with urlopen(request, timeout=60) as answer:
                content = answer.read()
                self.etag = answer.headers.get("ETag", "")
                kind = answer.headers.get_content_type()
        except HTTPError as error:
            with error:
                content = error.read()
                is_problem = error.headers.get_content_type() == "application/problem+json"
            raise GiaoBanProblem(error.code, json.loads(content) if is_problem else {}) from None
        return json.loads(content) if kind == "application/json" and content else content

    def every(self, page: Any) -> Iterator[Any]:
        """The rows of a list's page and of all that follow it."""
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.call("GET", page["next"])


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


AccountEnum: TypeAlias = str


class AccountProposalShape(TypedDict):
    agent: "str"
    first: "str"
    last: "str"


class AccountingShape(TypedDict):
    date_from: "str"
    date_to: "str"
    booked: "list[BookedAccount]"
    tax_bases: "list[TaxBaseShape]"
    commission_taxes: "list[CommissionTaxShape]"
    prize_taxes: "list[PrizeTaxShape]"


class ActualRow(TypedDict):
    code: "str"
    is_sum: "bool"
    product: "str"
    planned: "int"
    actual: "int"
    draws_done: "int"
    draws_left: "int"
    run_rate: "int | None"
    forecast: "int"
    forecast_low: "int"
    forecast_high: "int"
    needed_per_draw: "int | None"
    year_planned: "int"
    year_actual: "int"


class ActualsShape(TypedDict):
    year: "int"
    version: "int"
    rows: "list[ActualRow]"


class AdjustmentShape(TypedDict):
    into: "str"
    delta: "dict[str, int]"


class AdviceList(TypedDict):
    results: "list[AdviceShape]"


class AdvicePage(TypedDict):
    results: "list[AdviceShape]"
    next: "str | None"


class AdviceShape(TypedDict):
    agent: "str"
    tickets: "int"
    usual: "int"
    index_bps: "int"
    reserve_bps: "int"
    draws: "int"
    sold_out: "int"
    is_probe: "bool"
    last_week: "int | None"
    made_at: "str"
    decision: "DecisionShape | None"


class AgeingShape(TypedDict):
    not_due: "int"
    days_1_to_7: "int"
    days_8_to_30: "int"
    days_over_30: "int"
    advance: "int"


class AgendaShape(TypedDict):
    title: "str"
    unit: "str"
    edition: "str | None"


class AgentAccountShape(TypedDict):
    agent: "str"
    name: "str"
    region: "str"
    issued: "int"
    returned: "int"
    sold: "int"
    opening_amount: "int"
    revenue_amount: "int"
    commission_amount: "int"
    tax_amount: "int"
    prize_amount: "int"
    payout_fee_amount: "int"
    paid_amount: "int"
    other_amount: "int"
    closing_amount: "int"
    collateral_amount: "int"


class AgentContactPage(TypedDict):
    results: "list[ContactShape]"
    next: "str | None"


class AgentContractPage(TypedDict):
    results: "list[ContractShape]"
    next: "str | None"


class AgentDocumentPage(TypedDict):
    results: "list[DocumentShape]"
    next: "str | None"


class AgentNotePage(TypedDict):
    results: "list[NoteShape]"
    next: "str | None"


class AgentPage(TypedDict):
    results: "list[AgentShape]"
    next: "str | None"


class AgentShape(TypedDict):
    code: "str"
    name: "str"
    kind: "AgentShapeKindEnum"
    region: "str"
    status: "NotRequired[StatusEnum]"
    opened_date: "str"
    closed_date: "NotRequired[str | None]"
    commission_bps: "int"
    credit_limit_amount: "NotRequired[int]"
    parent: "NotRequired[str | None]"
    level: "NotRequired[int]"
    tax_code: "NotRequired[str]"
    address: "NotRequired[str]"
    unrelated_date: "NotRequired[str | None]"
    identity_number: "NotRequired[str]"
    identity_shown: "NotRequired[str]"


AgentShapeKindEnum: TypeAlias = str


class AgentTaxShape(TypedDict):
    agent: "str"
    name: "str"
    region: "str"
    number: "str"
    commission_amount: "int"
    fee_amount: "int"
    revenue_amount: "int"
    taxable_amount: "int"
    tax_amount: "int"
    withheld_amount: "int"
    changed_amount: "int"
    has_changed: "bool"


class AnySummary(TypedDict):
    date_from: "str"
    date_to: "str"
    by: "list[str]"
    recorded_until: "str | None"
    more: "bool"
    next: "str | None"
    rows: "list[AnySummaryRow]"


class AnySummaryRow(TypedDict):
    territory: "NotRequired[str | None]"
    territory_name: "NotRequired[str | None]"
    region: "NotRequired[str]"
    region_name: "NotRequired[str]"
    agent: "NotRequired[str]"
    agent_name: "NotRequired[str]"
    product: "NotRequired[str]"
    product_name: "NotRequired[str]"
    draw: "NotRequired[str]"
    weekday: "NotRequired[int]"
    month: "NotRequired[str]"
    issued: "int"
    returned: "int"
    sold: "int"
    revenue_amount: "int"
    unsold_bps: "int | None"
    commission_amount: "NotRequired[int]"
    is_estimate: "NotRequired[bool]"
    plan: "NotRequired[PlanShareShape]"
    last_week: "NotRequired[ComparisonShape]"
    last_year: "NotRequired[ComparisonShape]"


class BalancePage(TypedDict):
    results: "list[BalanceShape]"
    next: "str | None"


class BalanceShape(TypedDict):
    employee: "str"
    year: "int"
    entitled: "float"
    base: "int"
    seniority: "int"
    months: "int"
    carried: "float"
    granted: "float"
    lapsed: "float"
    lapsing: "list[LapsingShape]"
    taken: "float"
    planned: "float"
    waiting: "float"
    left: "float"


class BankLinePage(TypedDict):
    results: "list[BankLineShape]"
    next: "str | None"


class BankLineShape(TypedDict):
    id: "int"
    statement: "int"
    account: "str"
    reference: "str"
    day: "str"
    amount: "int"
    sender: "str"
    text: "str"
    state: "BankLineShapeStateEnum"
    agent: "str | None"
    entry: "int | None"
    reason: "str"
    proposals: "NotRequired[list[LineProposalShape]]"


BankLineShapeStateEnum: TypeAlias = str


class BankStatementPage(TypedDict):
    results: "list[BankStatementShape]"
    next: "str | None"


class BankStatementShape(TypedDict):
    id: "int"
    account: "str"
    name: "str"
    new: "int"
    known: "int"
    outgoing: "int"
    by: "str"
    at: "str"


class BatchFeed(TypedDict):
    results: "list[BatchShape]"
    cursor: "str"
    more: "bool"


class BatchShape(TypedDict):
    batch: "int"
    recorded_at: "str"
    by: "str"
    source: "str"
    tickets: "list[EntryShape]"
    money: "list[JournalShape]"


class BookedAccount(TypedDict):
    event: "str"
    product: "str"
    account: "AccountEnum"
    amount: "int"


class BookedShape(TypedDict):
    batch: "int"
    recorded_at: "str"
    lines: "int"
    receivable_amount: "int"
    collateral_amount: "int"


class BriefingDetail(TypedDict):
    id: "int"
    series: "str"
    title: "str"
    starts_at: "str"
    duration_minutes: "int"
    place: "str"
    join_url: "str"
    chair: "str"
    secretary: "str"
    state: "BriefingStateEnum"
    items_due_at: "str"
    agenda: "list[AgendaShape]"
    conclusions: "list[ConclusionShape]"


class BriefingPage(TypedDict):
    results: "list[BriefingShape]"
    next: "str | None"


class BriefingShape(TypedDict):
    id: "int"
    series: "str"
    title: "str"
    starts_at: "str"
    duration_minutes: "int"
    place: "str"
    join_url: "str"
    chair: "str"
    secretary: "str"
    state: "BriefingStateEnum"
    items_due_at: "str"


BriefingStateEnum: TypeAlias = str


class CampaignLine(TypedDict):
    id: "NotRequired[int]"
    name: "str"
    purpose: "str"
    starts: "str"
    ends: "str"
    cost_amount: "NotRequired[int]"
    agents: "list[str]"
    is_cancelled: "NotRequired[bool]"


class CampaignPage(TypedDict):
    results: "list[CampaignLine]"
    next: "str | None"


class CampaignShape(TypedDict):
    id: "NotRequired[int]"
    name: "str"
    purpose: "str"
    starts: "str"
    ends: "str"
    cost_amount: "NotRequired[int]"
    agents: "list[str]"
    is_cancelled: "NotRequired[bool]"
    effect: "NotRequired[EffectShape | None]"


class CensusKept(TypedDict):
    kept: "int"


class CensusLineShape(TypedDict):
    region: "str"
    inhabitants: "int"
    area_km2: "NotRequired[str]"


class CensusShape(TypedDict):
    as_of: "str"
    source: "str"
    is_estimate: "NotRequired[bool]"
    lines: "list[CensusLineShape]"


class ChangePage(TypedDict):
    results: "list[ChangeShape]"
    cursor: "int"
    more: "bool"


class ChangeShape(TypedDict):
    id: "int"
    employee: "str"
    work_date: "str"
    before: "Any"
    after: "Any"
    at: "str"
    adjustment: "AdjustmentShape | None"


ChannelEnum: TypeAlias = str


class CheckedShape(TypedDict):
    draw_date: "str"
    product: "str"
    prizes: "list[WonShape]"
    gross_amount: "int"
    tax_amount: "int"
    net_amount: "int"
    tax_on: "str"
    tax_free_amount: "int"
    tax_is_confirmed: "bool"
    prizes_are_confirmed: "bool"
    needs_symbols: "bool"
    claim_until: "str"


class ChosenShape(TypedDict):
    agent: "str"
    tickets: "NotRequired[int]"


class ClaimPage(TypedDict):
    results: "list[ClaimShape]"
    next: "str | None"


class ClaimShape(TypedDict):
    presented_date: "str"
    id: "int"
    state: "ClaimShapeStateEnum"
    draw_date: "str"
    product: "str"
    number: "str"
    symbol: "str"
    prizes: "list[WonShape]"
    gross_amount: "int"
    claim_until: "str"
    due_date: "str"
    entry: "int | None"
    paid_date: "str | None"
    agent: "str | None"
    tax_amount: "int | None"
    fee_amount: "int | None"
    reference: "str | None"
    reason: "str"


ClaimShapeStateEnum: TypeAlias = str


class CollateralPage(TypedDict):
    results: "list[CollateralShape]"
    next: "str | None"


class CollateralShape(TypedDict):
    id: "NotRequired[int]"
    agent: "str"
    kind: "CollateralShapeKindEnum"
    value_amount: "int"
    counted_bps: "NotRequired[int]"
    limit_amount: "NotRequired[int]"
    document: "str"
    issuer: "NotRequired[str]"
    valid_from: "str"
    valid_to: "NotRequired[str | None]"
    note: "NotRequired[str]"


CollateralShapeKindEnum: TypeAlias = str


class CommissionTaxShape(TypedDict):
    agent: "str"
    name: "str"
    tax_code: "str"
    region: "str"
    revenue_amount: "int"
    commission_amount: "int"
    by_rule_amount: "int"
    withheld_amount: "int"


class ComparisonShape(TypedDict):
    now_amount: "int"
    before_amount: "int"
    change_bps: "int | None"


class ConclusionShape(TypedDict):
    number: "int"
    text: "str"
    task: "int"


ConfidenceEnum: TypeAlias = str


class ConfirmationShape(TypedDict):
    minutes_no: "str"
    accepted: "NotRequired[dict[str, int]]"
    note: "NotRequired[str]"


class ConsignmentPage(TypedDict):
    results: "list[ConsignmentShape]"
    next: "str | None"


class ConsignmentShape(TypedDict):
    draw_date: "str"
    agent: "str"
    product: "str"
    region: "str"
    issued: "int"
    returned: "int"
    sold: "int"
    face_value_amount: "int"
    revenue_amount: "int"
    commission_bps: "int"
    commission_amount: "int"
    is_closed: "bool"


class ContactShape(TypedDict):
    id: "NotRequired[int]"
    agent: "str"
    name: "str"
    position: "NotRequired[str]"
    phone: "NotRequired[str]"
    email: "NotRequired[str]"
    is_first: "NotRequired[bool]"
    is_former: "NotRequired[bool]"


class ContractShape(TypedDict):
    id: "NotRequired[int]"
    agent: "str"
    number: "str"
    valid_from: "str"
    valid_to: "NotRequired[str | None]"
    settlement_days: "NotRequired[int | None]"
    overdue_interest_bps: "NotRequired[int | None]"
    pays_prizes: "NotRequired[bool]"
    rates: "NotRequired[list[RateShape]]"
    note: "NotRequired[str]"


class ControlledDocumentDetail(TypedDict):
    code: "str"
    title: "str"
    title_en: "str"
    kind: "str"
    owner: "str"
    report: "str"
    form: "str"
    issue: "int | None"
    effective_date: "str | None"
    review_date: "str | None"
    is_overdue: "bool"
    issues: "list[DocumentIssueShape]"


class ControlledDocumentPage(TypedDict):
    results: "list[ControlledDocumentShape]"
    next: "str | None"


class ControlledDocumentShape(TypedDict):
    code: "str"
    title: "str"
    title_en: "str"
    kind: "str"
    owner: "str"
    report: "str"
    form: "str"
    issue: "int | None"
    effective_date: "str | None"
    review_date: "str | None"
    is_overdue: "bool"


class CountShape(TypedDict):
    tickets: "dict[str, int]"
    serials: "NotRequired[dict[str, list[str]]]"
    minutes_no: "NotRequired[str]"
    note: "NotRequired[str]"


class CoveragePage(TypedDict):
    results: "list[CoverageShape]"
    next: "str | None"


class CoverageShape(TypedDict):
    region: "str"
    state: "CoverageShapeStateEnum"
    inhabitants: "int | None"
    points: "int"
    points_per_10_000: "float | None"
    points_per_10_000_usual: "float | None"
    points_per_100_km2: "float | None"
    tickets_per_1_000: "float | None"
    missing_points: "int | None"
    more_tickets: "int | None"


CoverageShapeStateEnum: TypeAlias = str


class CreditExceptionPage(TypedDict):
    results: "list[CreditExceptionShape]"
    next: "str | None"


class CreditExceptionShape(TypedDict):
    id: "NotRequired[int]"
    agent: "str"
    limit_amount: "int"
    valid_from: "str"
    valid_to: "str"
    reason: "str"
    by: "NotRequired[str]"
    at: "NotRequired[str]"


class CreditShape(TypedDict):
    agent: "str"
    on: "str"
    balance_amount: "int"
    held_amount: "int"
    debt_amount: "int"
    secured_amount: "int"
    ratio_bps: "int | None"
    exception_amount: "int"
    limit_amount: "int"
    is_over: "bool"


class DebtPage(TypedDict):
    results: "list[DebtShape]"
    next: "str | None"


class DebtShape(TypedDict):
    agent: "str"
    name: "str"
    region_name: "str"
    owed_amount: "int"
    overdue_amount: "int"
    ageing: "AgeingShape"
    oldest_due: "str | None"
    held_amount: "int"
    pledged_amount: "int"
    limit_amount: "int"
    over_amount: "int"


class DecideShape(TypedDict):
    product: "str"
    agents: "list[ChosenShape]"
    reason: "NotRequired[str]"


class DecidedShape(TypedDict):
    agents: "int"
    issued: "int"


class DecisionShape(TypedDict):
    tickets: "int"
    reason: "str"
    by: "str"
    at: "str"


class DeclarationShape(TypedDict):
    agent: "str"
    draw_date: "str"
    tickets: "dict[str, int]"
    note: "NotRequired[str]"


class DeliveryShape(TypedDict):
    recipient: "str"
    address: "str"
    state: "DeliveryShapeStateEnum"
    attempts: "int"
    accepted_at: "str | None"
    opened_at: "str | None"
    acknowledged_at: "str | None"
    error: "str"


DeliveryShapeStateEnum: TypeAlias = str


class DifferenceShape(TypedDict):
    field: "str"
    mine: "str"
    other: "str"


class DocumentIssueShape(TypedDict):
    number: "int"
    standing: "StandingEnum"
    effective_date: "str"
    ended: "str | None"
    summary: "str"
    file_name: "str"
    sha256: "str"


class DocumentShape(TypedDict):
    id: "NotRequired[int]"
    agent: "str"
    kind: "DocumentShapeKindEnum"
    number: "str"
    title: "str"
    issued_date: "str"
    valid_to: "NotRequired[str | None]"
    kept_at: "NotRequired[str]"
    file_name: "NotRequired[str]"
    sha256: "NotRequired[str]"


DocumentShapeKindEnum: TypeAlias = str


class DrawCloseShape(TypedDict):
    draw_date: "str"
    batch: "int"
    lines: "int"
    sold: "int"
    revenue_amount: "int"
    unconfirmed_sheets: "int"


class DrawDetailShape(TypedDict):
    date: "str"
    host: "str"
    status: "str"
    numbers: "list[str] | None"
    winning_symbols: "list[str] | None"
    series_count: "int | None"
    return_cutoff_at: "str | None"
    closed_at: "str | None"


class DrawPage(TypedDict):
    results: "list[DrawShape]"
    next: "str | None"


class DrawShape(TypedDict):
    date: "str"
    host: "str"
    status: "str"
    numbers: "list[str] | None"
    winning_symbols: "list[str] | None"
    series_count: "int | None"


class EditionDetail(TypedDict):
    code: "str"
    report: "str"
    period_first_date: "str"
    period_last_date: "str"
    region: "str | None"
    territory: "str | None"
    department: "str | None"
    number: "int"
    cut_off_at: "str"
    is_complete: "bool"
    sha256: "str"
    figures: "Any"


class EditionPage(TypedDict):
    results: "list[EditionShape]"
    next: "str | None"


class EditionShape(TypedDict):
    code: "str"
    report: "str"
    period_first_date: "str"
    period_last_date: "str"
    region: "str | None"
    territory: "str | None"
    department: "str | None"
    number: "int"
    cut_off_at: "str"
    is_complete: "bool"
    sha256: "str"


class EffectShape(TypedDict):
    draws: "int"
    tickets: "int"
    expected: "int"
    change: "float"
    low: "float"
    high: "float"
    chance: "float"


class EmployeePage(TypedDict):
    results: "list[EmployeeShape]"
    next: "str | None"


class EmployeeShape(TypedDict):
    code: "str"
    full_name: "str"
    department: "str"
    department_name: "str"
    site: "str"
    position: "str"
    join_date: "str"
    leave_date: "str | None"


class EntryPage(TypedDict):
    results: "list[EntryShape]"
    next: "str | None"


class EntryShape(TypedDict):
    draw_date: "str"
    id: "int"
    agent: "str"
    product: "str"
    region: "str"
    issued: "int"
    returned: "int"
    sold: "int"
    face_value_amount: "int"
    revenue_amount: "int"
    corrects: "int | None"
    reason: "str"
    is_late: "bool"
    batch: "int"
    recorded_at: "str"


EventEnum: TypeAlias = str


class ExceptionPage(TypedDict):
    results: "list[ExceptionShape]"
    next: "str | None"


class ExceptionShape(TypedDict):
    work_date: "str"
    employee: "str"
    department: "str"
    status: "str"
    exceptions: "list[QuestionShape]"


class HealthPage(TypedDict):
    results: "list[HealthShape]"
    next: "str | None"


class HealthShape(TypedDict):
    agent: "str"
    state: "HealthShapeStateEnum"
    change: "float | None"
    score: "float | None"
    silent: "int"
    concerns: "list[str]"


HealthShapeStateEnum: TypeAlias = str


class HoldingPage(TypedDict):
    results: "list[HoldingShape]"
    next: "str | None"


class HoldingShape(TypedDict):
    id: "int"
    draw_date: "str"
    product: "str"
    series: "str"
    first: "int"
    last: "int"
    place: "str"
    agent: "str | None"
    branch: "str | None"


class ImportPage(TypedDict):
    results: "list[ImportShape]"
    next: "str | None"


class ImportShape(TypedDict):
    at: "str"
    key: "str"
    kind: "str"
    sender: "str"
    name: "str"
    state: "str"
    step: "str | None"
    done: "int"
    total: "int"
    problem: "str"
    lines: "int"
    batch: "int | None"
    undo_batch: "int | None"
    undo_reason: "str"
    undo_by: "str | None"
    plan: "int | None"
    by: "str"


class InterestBooked(TypedDict):
    batch: "int"
    agents: "int"
    reference: "str"


class InterestPage(TypedDict):
    results: "list[InterestShape]"
    next: "str | None"


class InterestShape(TypedDict):
    agent: "str"
    name: "str"
    region_name: "str"
    interest_amount: "int"
    booked_amount: "int"
    open_amount: "int"
    stretches: "list[StretchShape]"


IntoEnum: TypeAlias = str


class IssueLineShape(TypedDict):
    draw_date: "str"
    product: "str"
    tickets: "int"
    document: "str"
    receive_date: "NotRequired[str | None]"
    note: "NotRequired[str]"


class IssueLinesShape(TypedDict):
    lines: "list[IssueLineShape]"


class IssuePlanPage(TypedDict):
    results: "list[IssuePlanShape]"
    next: "str | None"


class IssuePlanShape(TypedDict):
    draw_date: "str"
    product: "str"
    planned: "int | None"
    receive_date: "str | None"
    document: "str"
    note: "str"
    printed: "int"
    issued: "int"
    returned: "int"
    sold: "int"
    sold_bps: "int | None"


class IssuePlannedShape(TypedDict):
    lines: "int"
    tickets: "int"


class JournalPage(TypedDict):
    results: "list[JournalShape]"
    next: "str | None"


class JournalShape(TypedDict):
    value_date: "str"
    id: "int"
    event: "EventEnum"
    agent: "str | None"
    region: "str | None"
    product: "str | None"
    draw_date: "str | None"
    receivable: "int"
    collateral: "int"
    cash: "int"
    bank: "int"
    offset: "int"
    revenue: "int"
    commission: "int"
    withheld_tax: "int"
    prizes: "int"
    payout_fee: "int"
    interest: "int"
    adjustment: "int"
    reference: "str"
    reverses: "int | None"
    reason: "str"
    batch: "int"
    recorded_at: "str"


class KeptPlanLine(TypedDict):
    id: "int"
    month: "int"
    product: "str"
    region: "str | None"
    agent: "str | None"
    tickets: "int"
    revenue_amount: "int"


class KeyedShape(TypedDict):
    numbers: "list[str]"
    winning_symbols: "list[str]"
    series_count: "int | None"
    at: "str"


class LapsingShape(TypedDict):
    days: "float"
    last: "str"


class LineProposalShape(TypedDict):
    agent: "str"
    confidence: "ConfidenceEnum"
    reasons: "list[ReasonsEnum]"


class LineShape(TypedDict):
    draw_date: "str"
    agent: "str"
    product: "str"
    issued: "NotRequired[int]"
    returned: "NotRequired[int]"
    sold: "NotRequired[int | None]"
    corrects: "NotRequired[int | None]"
    reason: "NotRequired[str]"


class LinesShape(TypedDict):
    lines: "list[LineShape]"


class LoginAnswer(TypedDict):
    token: "str"
    expires_at: "str"


class LoginRequest(TypedDict):
    username: "str"
    password: "str"


class MatchShape(TypedDict):
    line: "int"
    agent: "str"


class MatchesDone(TypedDict):
    booked: "int"


class MatchesShape(TypedDict):
    lines: "list[MatchShape]"


class MoneyLineShape(TypedDict):
    event: "str"
    agent: "str"
    date: "str"
    amount: "int"
    into: "NotRequired[IntoEnum]"
    fee_bps: "NotRequired[int]"
    reference: "str"
    reason: "NotRequired[str]"


class MoneyLinesShape(TypedDict):
    lines: "list[MoneyLineShape]"


class MovePage(TypedDict):
    results: "list[MoveShape]"
    next: "str | None"


class MoveShape(TypedDict):
    id: "int"
    draw_date: "str"
    product: "str"
    series: "str"
    first: "int"
    last: "int"
    source: "str"
    source_agent: "str | None"
    source_branch: "str | None"
    target: "str"
    target_agent: "str | None"
    target_branch: "str | None"
    document: "str"
    reason: "str"
    is_counted: "bool"
    batch: "int"
    recorded_by: "str"
    recorded_at: "str"


class MovedShape(TypedDict):
    batch: "int"
    recorded_at: "str"
    lines: "int"
    tickets: "int"


class MovementLineShape(TypedDict):
    agent: "str"
    date: "str"
    amount: "int"
    into: "NotRequired[IntoEnum]"
    reference: "str"
    reason: "NotRequired[str]"


class MovementLinesShape(TypedDict):
    lines: "list[MovementLineShape]"


class MovementPage(TypedDict):
    results: "list[MovementShape]"
    next: "str | None"


class MovementShape(TypedDict):
    date: "str"
    id: "int"
    agent: "str"
    region: "str"
    amount: "int"
    into: "IntoEnum | NullEnum"
    reference: "str"
    reason: "str"
    reverses: "int | None"
    reversed_by: "int | None"
    bank_line: "int | None"
    batch: "int"
    recorded_by: "str"
    recorded_at: "str"


class NewClaimShape(TypedDict):
    number: "str"
    symbol: "str"
    draw_date: "str"
    product: "NotRequired[str]"
    presented_date: "NotRequired[str]"
    winner: "NotRequired[WinnerShape]"


class NewNoticesShape(TypedDict):
    agents: "list[str]"
    channel: "ChannelEnum"
    promised_date: "NotRequired[str | None]"
    note: "NotRequired[str]"


class NewPlanShape(TypedDict):
    year: "int"
    note: "NotRequired[str]"
    lines: "list[PlanLineShape]"


class NewSettlementRunShape(TypedDict):
    month: "str"


class NewStepShape(TypedDict):
    kind: "NewStepShapeKindEnum"
    signer: "NotRequired[str]"
    signed_date: "NotRequired[str | None]"
    note: "NotRequired[str]"


NewStepShapeKindEnum: TypeAlias = str


class NewTaskStepShape(TypedDict):
    state: "TaskStateEnum"
    percent: "NotRequired[int]"
    note: "NotRequired[str]"
    due_date: "NotRequired[str | None]"


class NewTerritoryShape(TypedDict):
    code: "str"
    name: "str"
    manager: "NotRequired[str]"


class NoteShape(TypedDict):
    id: "NotRequired[int]"
    agent: "str"
    kind: "NoteShapeKindEnum"
    date: "str"
    point: "NotRequired[str | None]"
    text: "str"
    by: "NotRequired[str]"
    at: "NotRequired[str]"


NoteShapeKindEnum: TypeAlias = str


class NoticePage(TypedDict):
    results: "list[NoticeShape]"
    next: "str | None"


class NoticeShape(TypedDict):
    on: "str"
    id: "int"
    agent: "str"
    region: "str"
    level: "int"
    overdue_amount: "int"
    oldest_due: "str"
    channel: "ChannelEnum"
    promised_date: "str | None"
    note: "str"
    by: "str"
    at: "str"


class NoticesDone(TypedDict):
    recorded: "int"


NullEnum: TypeAlias = None


class OnePeriodShape(TypedDict):
    month: "str"
    closed: "bool"
    not_held: "list[str]"
    open_draws: "list[str]"
    unconfirmed: "list[UnconfirmedShape]"


OutOfEnum: TypeAlias = str


class OverduePage(TypedDict):
    results: "list[OverdueShape]"
    next: "str | None"


class OverdueShape(TypedDict):
    agent: "str"
    name: "str"
    region_name: "str"
    level: "int"
    days: "int"
    overdue_amount: "int"
    owed_amount: "int"
    last_notice: "str | None"
    promised_date: "str | None"
    promise_broken: "bool"


class OvertimeShape(TypedDict):
    weekday_day: "int"
    weekday_night: "int"
    restday_day: "int"
    restday_night: "int"
    holiday_day: "int"
    holiday_night: "int"


class OwedShape(TypedDict):
    obligation: "str"
    name: "str"
    authority: "str"
    legal_basis: "str"
    is_confirmed: "bool"
    frequency: "str"
    unit: "str"
    first_date: "str"
    last_date: "str"
    due_date: "str"
    state: "OwedShapeStateEnum"
    is_overdue: "bool"
    days_late: "int"
    submitted_on: "str | None"
    receipt_number: "str"


OwedShapeStateEnum: TypeAlias = str


class PartlyBookedShape(TypedDict):
    recorded: "BookedShape | None"
    results: "list[RowResult]"


class PartlyMovedShape(TypedDict):
    recorded: "MovedShape | None"
    results: "list[RowResult]"


class PartlyPlannedShape(TypedDict):
    recorded: "IssuePlannedShape | None"
    results: "list[RowResult]"


class PartlyRecordedShape(TypedDict):
    recorded: "RecordedShape | None"
    results: "list[RowResult]"


class PatchedAgentShape(TypedDict):
    code: "NotRequired[str]"
    name: "NotRequired[str]"
    kind: "NotRequired[AgentShapeKindEnum]"
    region: "NotRequired[str]"
    status: "NotRequired[StatusEnum]"
    opened_date: "NotRequired[str]"
    closed_date: "NotRequired[str | None]"
    commission_bps: "NotRequired[int]"
    credit_limit_amount: "NotRequired[int]"
    parent: "NotRequired[str | None]"
    level: "NotRequired[int]"
    tax_code: "NotRequired[str]"
    address: "NotRequired[str]"
    unrelated_date: "NotRequired[str | None]"
    identity_number: "NotRequired[str]"
    identity_shown: "NotRequired[str]"


class PatchedCollateralShape(TypedDict):
    id: "NotRequired[int]"
    agent: "NotRequired[str]"
    kind: "NotRequired[CollateralShapeKindEnum]"
    value_amount: "NotRequired[int]"
    counted_bps: "NotRequired[int]"
    limit_amount: "NotRequired[int]"
    document: "NotRequired[str]"
    issuer: "NotRequired[str]"
    valid_from: "NotRequired[str]"
    valid_to: "NotRequired[str | None]"
    note: "NotRequired[str]"


class PatchedColumnsShape(TypedDict):
    mapping: "NotRequired[dict[str, int] | None]"
    draw_date: "NotRequired[str | None]"
    product: "NotRequired[str | None]"
    year: "NotRequired[int | None]"
    into: "NotRequired[str | None]"
    control_sum: "NotRequired[int | None]"
    sheet: "NotRequired[str]"


class PatchedContactShape(TypedDict):
    id: "NotRequired[int]"
    agent: "NotRequired[str]"
    name: "NotRequired[str]"
    position: "NotRequired[str]"
    phone: "NotRequired[str]"
    email: "NotRequired[str]"
    is_first: "NotRequired[bool]"
    is_former: "NotRequired[bool]"


class PatchedContractShape(TypedDict):
    id: "NotRequired[int]"
    agent: "NotRequired[str]"
    number: "NotRequired[str]"
    valid_from: "NotRequired[str]"
    valid_to: "NotRequired[str | None]"
    settlement_days: "NotRequired[int | None]"
    overdue_interest_bps: "NotRequired[int | None]"
    pays_prizes: "NotRequired[bool]"
    rates: "NotRequired[list[RateShape]]"
    note: "NotRequired[str]"


class PatchedDocumentShape(TypedDict):
    id: "NotRequired[int]"
    agent: "NotRequired[str]"
    kind: "NotRequired[DocumentShapeKindEnum]"
    number: "NotRequired[str]"
    title: "NotRequired[str]"
    issued_date: "NotRequired[str]"
    valid_to: "NotRequired[str | None]"
    kept_at: "NotRequired[str]"
    file_name: "NotRequired[str]"
    sha256: "NotRequired[str]"


class PatchedPointShape(TypedDict):
    id: "NotRequired[int]"
    agent: "NotRequired[str]"
    code: "NotRequired[str]"
    name: "NotRequired[str]"
    address: "NotRequired[str]"
    region: "NotRequired[str]"
    latitude: "NotRequired[float | None]"
    longitude: "NotRequired[float | None]"
    opened_date: "NotRequired[str]"
    closed_date: "NotRequired[str | None]"
    is_listed: "NotRequired[bool]"
    opening_hours: "NotRequired[str]"
    public_phone: "NotRequired[str]"


class PatchedTerritoryChangeShape(TypedDict):
    name: "NotRequired[str]"
    manager: "NotRequired[str]"


class PaymentShape(TypedDict):
    date: "NotRequired[str]"
    out_of: "NotRequired[OutOfEnum]"
    agent: "NotRequired[str]"
    fee_bps: "NotRequired[int]"
    reference: "NotRequired[str]"


class PayoutsRow(TypedDict):
    date: "str"
    product: "str"
    revenue_amount: "int"
    paid_amount: "int"
    by_agents_amount: "int"
    tax_amount: "int"
    waiting_amount: "int"
    expected_amount: "int | None"
    unclaimed_amount: "int | None"
    ratio_bps: "int | None"


class PayoutsShape(TypedDict):
    rows: "list[PayoutsRow]"


class PeriodClosePage(TypedDict):
    results: "list[PeriodCloseShape]"
    next: "str | None"


class PeriodCloseShape(TypedDict):
    id: "int"
    month: "str"
    by: "str"
    at: "str"
    reopened_by: "str | None"
    reopened_at: "str | None"
    reopening_reason: "str | None"


class PeriodShape(TypedDict):
    month: "str"
    closed: "bool"
    agents: "int"


class PlanDecisionShape(TypedDict):
    state: "PlanDecisionShapeStateEnum"
    reason: "NotRequired[str]"


PlanDecisionShapeStateEnum: TypeAlias = str


class PlanLineShape(TypedDict):
    month: "int"
    product: "str"
    region: "NotRequired[str]"
    agent: "NotRequired[str]"
    tickets: "int"


class PlanLinesPage(TypedDict):
    results: "list[KeptPlanLine]"
    next: "str | None"


class PlanShape(TypedDict):
    year: "int"
    version: "int"
    id: "int"
    state: "PlanShapeStateEnum"
    note: "str"
    made_by: "str"
    made_at: "str"
    decided_by: "str | None"
    decided_at: "str | None"
    reason: "str"


PlanShapeStateEnum: TypeAlias = str


class PlanShareShape(TypedDict):
    tickets: "int | None"
    revenue_amount: "int | None"
    share_bps: "int | None"


class PlansPage(TypedDict):
    results: "list[PlanShape]"
    next: "str | None"


class PointOfSalePage(TypedDict):
    results: "list[PointShape]"
    next: "str | None"


class PointShape(TypedDict):
    id: "NotRequired[int]"
    agent: "str"
    code: "str"
    name: "str"
    address: "str"
    region: "str"
    latitude: "NotRequired[float | None]"
    longitude: "NotRequired[float | None]"
    opened_date: "str"
    closed_date: "NotRequired[str | None]"
    is_listed: "NotRequired[bool]"
    opening_hours: "NotRequired[str]"
    public_phone: "NotRequired[str]"


class PreviewShape(TypedDict):
    at: "str"
    key: "str"
    kind: "str"
    sender: "str"
    name: "str"
    state: "str"
    step: "str | None"
    done: "int"
    total: "int"
    problem: "str"
    lines: "int"
    batch: "int | None"
    undo_batch: "int | None"
    undo_reason: "str"
    undo_by: "str | None"
    plan: "int | None"
    by: "str"
    sheet: "str"
    sheets: "list[Any]"
    hidden_rows: "int"
    encoding: "str"
    mapping: "dict[str, Any]"
    sum: "int"
    control_sum: "int | None"
    fault_count: "int"
    errors: "list[Any]"


class PrizeLevelShape(TypedDict):
    kind: "str"
    digits: "int"
    draws: "int"
    amount: "int"


class PrizeTablePage(TypedDict):
    results: "list[PrizeTableShape]"
    next: "str | None"


class PrizeTableShape(TypedDict):
    product: "str"
    valid_from: "str"
    valid_to: "str | None"
    special_takes_consolation: "bool"
    document: "str"
    is_confirmed: "bool"
    levels: "list[PrizeLevelShape]"


class PrizeTaxShape(TypedDict):
    draw: "str | None"
    product: "str"
    is_by_agents: "bool"
    count: "int"
    prizes_amount: "int"
    tax_amount: "int"


class Problem(TypedDict):
    type: "str"
    title: "str"
    status: "int"
    code: "str"
    detail: "str"
    errors: "NotRequired[list[dict[str, Any]]]"


class ProductPage(TypedDict):
    results: "list[ProductShape]"
    next: "str | None"


class ProductQuery(TypedDict):
    product: "str"


class ProductShape(TypedDict):
    code: "str"
    name: "str"
    kind: "ProductShapeKindEnum"
    face_value_amount: "int"
    valid_from: "str"
    valid_to: "str | None"


ProductShapeKindEnum: TypeAlias = str


class PublicationShape(TypedDict):
    minutes_no: "str"
    keyed_by: "list[str]"
    by: "str"
    at: "str"
    reason: "str"


class PublishShape(TypedDict):
    minutes_no: "NotRequired[str]"
    reason: "NotRequired[str]"


class PunchPage(TypedDict):
    results: "list[PunchShape]"
    next: "str | None"


class PunchShape(TypedDict):
    id: "int"
    device_user_id: "str"
    employee: "str | None"
    terminal: "str"
    device_time: "str"
    punched_at: "str"
    received_at: "str"
    verify: "int"
    state: "int"


class QuarterTaxShape(TypedDict):
    quarter: "int"
    revenue_amount: "int"
    taxable_amount: "int"
    tax_amount: "int"
    withheld_amount: "int"


class QuestionShape(TypedDict):
    code: "str"
    question: "str"
    open: "bool"


class RateShape(TypedDict):
    product: "str"
    commission_bps: "int"


ReasonsEnum: TypeAlias = str


class ReconciliationPage(TypedDict):
    results: "list[ReconciliationRow]"
    next: "str | None"


class ReconciliationRow(TypedDict):
    last: "str"
    id: "int"
    agent: "str"
    region: "str"
    first: "str"
    version: "int"
    state: "str"
    opening_amount: "int"
    revenue_amount: "int"
    commission_amount: "int"
    tax_amount: "int"
    prize_amount: "int"
    payout_fee_amount: "int"
    paid_amount: "int"
    other_amount: "int"
    closing_amount: "int"
    collateral_amount: "int"
    by: "str"
    at: "str"


class ReconciliationShape(TypedDict):
    last: "str"
    id: "int"
    agent: "str"
    region: "str"
    first: "str"
    version: "int"
    state: "str"
    opening_amount: "int"
    revenue_amount: "int"
    commission_amount: "int"
    tax_amount: "int"
    prize_amount: "int"
    payout_fee_amount: "int"
    paid_amount: "int"
    other_amount: "int"
    closing_amount: "int"
    collateral_amount: "int"
    by: "str"
    at: "str"
    number: "str"
    tickets: "list[dict[str, Any]]"
    steps: "list[ReconciliationStepShape]"
    is_current: "bool"


class ReconciliationStepShape(TypedDict):
    kind: "str"
    signer: "str"
    signed_date: "str | None"
    note: "str"
    by: "str"
    at: "str"


class RecordedShape(TypedDict):
    batch: "int"
    recorded_at: "str"
    lines: "int"
    issued: "int"
    returned: "int"
    sold: "int"
    revenue_amount: "int"


class RegionPage(TypedDict):
    results: "list[RegionShape]"
    next: "str | None"


class RegionShape(TypedDict):
    code: "str"
    valid_from: "str"
    name: "str"
    level: "str"
    parent: "str | None"
    valid_to: "str | None"


class ReportScheduleShape(TypedDict):
    code: "str"
    name: "str"
    report: "str"
    enabled: "bool"
    words: "str"
    rule: "Any"
    timezone: "str"
    catch_up: "str"
    owner: "str | None"
    next_runs: "list[str]"


class RequestPage(TypedDict):
    results: "list[RequestShape]"
    next: "str | None"


class RequestShape(TypedDict):
    id: "int"
    employee: "str"
    kind: "RequestShapeKindEnum"
    state: "RequestShapeStateEnum"
    first: "str"
    last: "str"
    start: "str | None"
    end: "str | None"
    code: "str"
    event: "str"
    part: "str"
    partner: "str | None"
    reason: "str"
    at: "str"
    protected_until: "str | None"
    steps: "list[StepShape]"


RequestShapeKindEnum: TypeAlias = str


RequestShapeStateEnum: TypeAlias = str


class ResultShape(TypedDict):
    draw_date: "str"
    host: "str"
    status: "str"
    numbers: "list[str] | None"
    winning_symbols: "list[str] | None"
    series_count: "int | None"
    publications: "list[PublicationShape]"
    mine: "KeyedShape | None"
    others: "int"
    differences: "list[DifferenceShape] | None"
    may_publish: "bool"


class ReturnSheetPage(TypedDict):
    results: "list[ReturnSheetShape]"
    next: "str | None"


class ReturnSheetShape(TypedDict):
    id: "int"
    agent: "str"
    draw_date: "str"
    region: "str"
    state: "ReturnSheetShapeStateEnum"
    is_late: "bool"
    tallies: "list[ReturnTallyShape]"
    steps: "list[ReturnStepShape]"


ReturnSheetShapeStateEnum: TypeAlias = str


class ReturnStepShape(TypedDict):
    state: "str"
    minutes_no: "str"
    note: "str"
    is_late: "bool"
    by: "str"
    at: "str"
    batch: "int | None"


class ReturnTallyShape(TypedDict):
    product: "str"
    declared: "int"
    counted: "int | None"
    accepted: "int | None"
    surplus: "int"
    shortage: "int"
    serials: "list[str]"


class ReversalShape(TypedDict):
    reason: "str"


class RowFault(TypedDict):
    row: "int"
    field: "str"
    code: "str"
    message: "str"


class RowResult(TypedDict):
    row: "int"
    status: "str"
    errors: "list[RowFault]"


class RulePage(TypedDict):
    results: "list[RuleShape]"
    next: "str | None"


class RuleShape(TypedDict):
    key: "str"
    valid_from: "str"
    valid_to: "str | None"
    value: "int"
    document: "str"
    is_confirmed: "bool"
    note: "str"


class SavedViewPage(TypedDict):
    results: "list[SavedViewShape]"
    next: "str | None"


class SavedViewShape(TypedDict):
    id: "int"
    name: "str"
    report: "str"
    owner: "str"
    shared_with: "str"
    question: "dict[str, str]"
    date_from: "str"
    date_to: "str"
    summary: "str"


class SettlementPage(TypedDict):
    results: "list[SettlementShape]"
    next: "str | None"


class SettlementRunPage(TypedDict):
    results: "list[SettlementRunShape]"
    next: "str | None"


class SettlementRunShape(TypedDict):
    id: "int"
    month: "str"
    state: "SettlementRunShapeStateEnum"
    done: "int"
    total: "int"
    problem: "str"
    by: "str"
    at: "str"


SettlementRunShapeStateEnum: TypeAlias = str


class SettlementShape(TypedDict):
    month: "str"
    id: "int"
    agent: "str"
    region: "str"
    opening_amount: "int"
    revenue_amount: "int"
    commission_amount: "int"
    tax_amount: "int"
    prize_amount: "int"
    payout_fee_amount: "int"
    paid_amount: "int"
    other_amount: "int"
    closing_amount: "int"
    collateral_amount: "int"


class SheetShape(TypedDict):
    numbers: "list[str]"
    winning_symbols: "NotRequired[list[str]]"
    series_count: "NotRequired[int | None]"
    is_import: "NotRequired[bool]"


StandingEnum: TypeAlias = str


class StatementLineShape(TypedDict):
    entry: "int"
    date: "str"
    event: "EventEnum"
    draw_date: "str | None"
    product: "str | None"
    reference: "str"
    reason: "str"
    reverses: "int | None"
    receivable: "int"
    collateral: "int"
    revenue: "int"
    commission: "int"
    withheld_tax: "int"
    prizes: "int"
    payout_fee: "int"
    interest: "int"
    adjustment: "int"
    balance_amount: "int"


class StatementPage(TypedDict):
    results: "list[AgentAccountShape]"
    next: "str | None"


class StatementShape(TypedDict):
    agent: "str"
    name: "str"
    date_from: "str"
    date_to: "str"
    opening_amount: "int"
    closing_amount: "int"
    collateral_amount: "int"
    limit_amount: "int"
    credit_limit_amount: "int"
    ageing: "AgeingShape"
    lines: "list[StatementLineShape]"


class StatementUploadShape(TypedDict):
    file: "str"
    account: "str"


class StatusChangePage(TypedDict):
    results: "list[StatusChangeShape]"
    next: "str | None"


class StatusChangeShape(TypedDict):
    id: "int"
    before: "str"
    status: "str"
    effective_date: "str"
    reason: "str"
    by: "str"
    at: "str"


StatusEnum: TypeAlias = str


class StatusShape(TypedDict):
    status: "StatusEnum"
    effective_date: "str"
    reason: "str"


class StepShape(TypedDict):
    kind: "str"
    by: "str"
    at: "str"
    note: "str"


class StepsDone(TypedDict):
    state: "str"
    sheets: "int"


class StepsShape(TypedDict):
    sheets: "list[int]"
    state: "StepsShapeStateEnum"
    minutes_no: "NotRequired[str]"
    note: "NotRequired[str]"


StepsShapeStateEnum: TypeAlias = str


class StretchShape(TypedDict):
    first: "str"
    last: "str"
    days: "int"
    overdue_amount: "int"
    rate_bps: "int"


class SuccessionPage(TypedDict):
    results: "list[SuccessionShape]"
    next: "str | None"


class SuccessionShape(TypedDict):
    id: "int"
    old: "str"
    old_valid_from: "str"
    new: "str"
    new_valid_from: "str"
    effective_date: "str"
    share_bps: "int"
    is_estimate: "bool"


class Summary(TypedDict):
    date_from: "str"
    date_to: "str"
    group_by: "str"
    recorded_until: "str | None"
    rows: "list[SummaryRow]"


class SummaryRow(TypedDict):
    region: "str"
    name: "str"
    month: "str"
    issued: "int"
    returned: "int"
    sold: "int"
    revenue_amount: "int"
    is_estimate: "bool"


class TaskDetail(TypedDict):
    id: "int"
    briefing: "int"
    conclusion: "str"
    owners: "list[str]"
    first_due_date: "str"
    due_date: "str"
    state: "TaskStateEnum"
    percent: "int"
    changed_at: "str"
    kpi: "str"
    kpi_value: "int | None"
    steps: "list[TaskStepShape]"


class TaskPage(TypedDict):
    results: "list[TaskShape]"
    next: "str | None"


class TaskShape(TypedDict):
    id: "int"
    briefing: "int"
    conclusion: "str"
    owners: "list[str]"
    first_due_date: "str"
    due_date: "str"
    state: "TaskStateEnum"
    percent: "int"
    changed_at: "str"
    kpi: "str"
    kpi_value: "int | None"


TaskStateEnum: TypeAlias = str


class TaskStepShape(TypedDict):
    number: "int"
    state: "TaskStateEnum"
    percent: "int"
    due_date: "str"
    note: "str"
    by: "str"
    at: "str"


class TaxBaseShape(TypedDict):
    product: "str"
    name: "str"
    revenue_amount: "int"
    vat_bps: "int"
    vat_base_amount: "int"
    vat_amount: "int"
    excise_bps: "int"
    excise_base_amount: "int"
    excise_amount: "int"
    is_confirmed: "bool"


class TaxLawShape(TypedDict):
    key: "str"
    value: "int"
    document: "str"
    is_confirmed: "bool"


class TaxYearShape(TypedDict):
    year: "int"
    open_draws: "int"
    untouched_amount: "int"
    laws: "list[TaxLawShape]"
    quarters: "list[QuarterTaxShape]"
    people: "list[AgentTaxShape]"


class TerritoryMoveShape(TypedDict):
    first: "str"
    add: "NotRequired[list[str]]"
    remove: "NotRequired[list[str]]"


class TerritoryPage(TypedDict):
    results: "list[TerritoryShape]"
    next: "str | None"


class TerritoryShape(TypedDict):
    code: "str"
    name: "str"
    manager: "str | None"
    regions: "list[str]"


class TerritoryUnitPage(TypedDict):
    results: "list[TerritoryUnitShape]"
    next: "str | None"


class TerritoryUnitShape(TypedDict):
    region: "str"
    valid_from: "str"
    id: "int"
    name: "str"
    valid_to: "str | None"


class TicketLineShape(TypedDict):
    draw_date: "str"
    product: "str"
    series: "str"
    first: "int"
    last: "int"
    source: "str"
    target: "str"
    document: "NotRequired[str]"
    reason: "NotRequired[str]"


class TicketLinesShape(TypedDict):
    lines: "list[TicketLineShape]"


class TicketShape(TypedDict):
    number: "str"
    symbol: "str"
    draw_date: "str"
    product: "NotRequired[str]"


class TimesheetPage(TypedDict):
    results: "list[TimesheetShape]"
    next: "str | None"


class TimesheetShape(TypedDict):
    work_date: "str"
    employee: "str"
    status: "str"
    symbol: "str"
    scheduled: "int"
    worked: "int"
    regular: "int"
    late: "int"
    early: "int"
    leave: "int"
    credited: "int"
    care: "int"
    care_worked: "int"
    night: "int"
    ot: "OvertimeShape"
    weighted: "float"
    exceptions: "list[str]"
    computed_at: "str"


class UnconfirmedShape(TypedDict):
    draw_date: "str"
    sheets: "int"


class UploadShape(TypedDict):
    file: "str"
    kind: "UploadShapeKindEnum"
    sender: "str"
    control_sum: "NotRequired[int | None]"
    draw_date: "NotRequired[str]"
    product: "NotRequired[str]"
    year: "NotRequired[int]"
    sheet: "NotRequired[str]"


UploadShapeKindEnum: TypeAlias = str


class WinnerShape(TypedDict):
    name: "str"
    id_number: "str"
    address: "NotRequired[str]"
    phone: "NotRequired[str]"


class WonShape(TypedDict):
    kind: "WonShapeKindEnum"
    place: "int"
    amount: "int"


WonShapeKindEnum: TypeAlias = str


class GiaoBan(Connection):
    """Every operation of the API by its name."""

    @classmethod
    def login(cls, address: str, username: str, password: str) -> "GiaoBan":
        """A client with a fresh token. Raises GiaoBanProblem."""
        client = cls(address)
        client.token = client.auth_login_create({"username": username, "password": password})[
            "token"
        ]
        return client

    def accounting(self, *, month: str | None = None) -> AccountingShape:
        """Sums by account, tax bases and taxes withheld; a workbook, or every entry as CSV, by `Accept`."""
        answer: AccountingShape = self.call("GET", "/accounting/", query={"month": month})
        return answer

    def adjustments_list(
        self,
        *,
        agent: str | None = None,
        batch: int | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        into: str | None = None,
        limit: int | None = None,
        reference: str | None = None,
        region: str | None = None,
        search: str | None = None,
        territory: str | None = None,
    ) -> MovementPage:
        answer: MovementPage = self.call(
            "GET",
            "/adjustments/",
            query={
                "agent": agent,
                "batch": batch,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "into": into,
                "limit": limit,
                "reference": reference,
                "region": region,
                "search": search,
                "territory": territory,
            },
        )
        return answer

    @overload
    def adjustments_create(
        self,
        body: MovementLinesShape,
        *,
        partial: Literal[False] | None = None,
        idempotency_key: str | None = None,
    ) -> BookedShape: ...
    @overload
    def adjustments_create(
        self,
        body: MovementLinesShape,
        *,
        partial: Literal[True],
        idempotency_key: str | None = None,
    ) -> PartlyBookedShape: ...
    def adjustments_create(
        self,
        body: MovementLinesShape,
        *,
        partial: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BookedShape | PartlyBookedShape:
        """All lines or none; with `?partial=1` those that can be booked."""
        answer: BookedShape | PartlyBookedShape = self.call(
            "POST",
            "/adjustments/",
            query={"partial": partial},
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def adjustments_retrieve(self, id: str | int, *, fields: str | None = None) -> MovementShape:
        answer: MovementShape = self.call(
            "GET", f"/adjustments/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def adjustments_reversal_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> MovementShape:
        """Undo it by a new entry of today, with a reason; the answer is the new entry."""
        answer: MovementShape = self.call(
            "POST",
            f"/adjustments/{quote(str(id), safe='')}/reversal/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def agent_contacts_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> AgentContactPage:
        answer: AgentContactPage = self.call(
            "GET",
            "/agent-contacts/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def agent_contacts_create(
        self, body: ContactShape, *, idempotency_key: str | None = None
    ) -> ContactShape:
        answer: ContactShape = self.call(
            "POST", "/agent-contacts/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def agent_contacts_retrieve(self, id: str | int, *, fields: str | None = None) -> ContactShape:
        answer: ContactShape = self.call(
            "GET", f"/agent-contacts/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def agent_contacts_partial_update(
        self, id: str | int, body: PatchedContactShape, *, if_match: str | None = None
    ) -> ContactShape:
        answer: ContactShape = self.call(
            "PATCH",
            f"/agent-contacts/{quote(str(id), safe='')}/",
            headers={"If-Match": if_match},
            body=body,
        )
        return answer

    def agent_contracts_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        ends_by: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        on: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> AgentContractPage:
        answer: AgentContractPage = self.call(
            "GET",
            "/agent-contracts/",
            query={
                "agent": agent,
                "cursor": cursor,
                "ends_by": ends_by,
                "fields": fields,
                "limit": limit,
                "on": on,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def agent_contracts_create(
        self, body: ContractShape, *, idempotency_key: str | None = None
    ) -> ContractShape:
        answer: ContractShape = self.call(
            "POST", "/agent-contracts/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def agent_contracts_retrieve(
        self, id: str | int, *, fields: str | None = None
    ) -> ContractShape:
        answer: ContractShape = self.call(
            "GET", f"/agent-contracts/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def agent_contracts_partial_update(
        self, id: str | int, body: PatchedContractShape, *, if_match: str | None = None
    ) -> ContractShape:
        answer: ContractShape = self.call(
            "PATCH",
            f"/agent-contracts/{quote(str(id), safe='')}/",
            headers={"If-Match": if_match},
            body=body,
        )
        return answer

    def agent_documents_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        ends_by: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> AgentDocumentPage:
        answer: AgentDocumentPage = self.call(
            "GET",
            "/agent-documents/",
            query={
                "agent": agent,
                "cursor": cursor,
                "ends_by": ends_by,
                "fields": fields,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def agent_documents_create(
        self, body: DocumentShape, *, idempotency_key: str | None = None
    ) -> DocumentShape:
        answer: DocumentShape = self.call(
            "POST", "/agent-documents/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def agent_documents_retrieve(
        self, id: str | int, *, fields: str | None = None
    ) -> DocumentShape:
        answer: DocumentShape = self.call(
            "GET", f"/agent-documents/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def agent_documents_partial_update(
        self, id: str | int, body: PatchedDocumentShape, *, if_match: str | None = None
    ) -> DocumentShape:
        answer: DocumentShape = self.call(
            "PATCH",
            f"/agent-documents/{quote(str(id), safe='')}/",
            headers={"If-Match": if_match},
            body=body,
        )
        return answer

    def agent_health_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        state: str | None = None,
        territory: str | None = None,
    ) -> HealthPage:
        """Every active agent after the last draw held, those that need somebody first."""
        answer: HealthPage = self.call(
            "GET",
            "/agent-health/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "region": region,
                "state": state,
                "territory": territory,
            },
        )
        return answer

    def agent_notes_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> AgentNotePage:
        answer: AgentNotePage = self.call(
            "GET",
            "/agent-notes/",
            query={
                "agent": agent,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "kind": kind,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def agent_notes_create(
        self, body: NoteShape, *, idempotency_key: str | None = None
    ) -> NoteShape:
        answer: NoteShape = self.call(
            "POST", "/agent-notes/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def agent_notes_retrieve(self, id: str | int, *, fields: str | None = None) -> NoteShape:
        answer: NoteShape = self.call(
            "GET", f"/agent-notes/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def agent_taxes(self, *, year: int | None = None) -> TaxYearShape:
        """The list 01/BK-XSBHĐC. As CSV or workbook with full numbers for who records sales, written down."""
        answer: TaxYearShape = self.call("GET", "/agent-taxes/", query={"year": year})
        return answer

    def agents_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        parent: str | None = None,
        region: str | None = None,
        search: str | None = None,
        status: str | None = None,
        territory: str | None = None,
    ) -> AgentPage:
        """Agents by code."""
        answer: AgentPage = self.call(
            "GET",
            "/agents/",
            query={
                "cursor": cursor,
                "fields": fields,
                "kind": kind,
                "limit": limit,
                "parent": parent,
                "region": region,
                "search": search,
                "status": status,
                "territory": territory,
            },
        )
        return answer

    def agents_create(self, body: AgentShape, *, idempotency_key: str | None = None) -> AgentShape:
        """Take on an agent."""
        answer: AgentShape = self.call(
            "POST", "/agents/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def agents_retrieve(self, code: str | int, *, fields: str | None = None) -> AgentShape:
        """One agent."""
        answer: AgentShape = self.call(
            "GET", f"/agents/{quote(str(code), safe='')}/", query={"fields": fields}
        )
        return answer

    def agents_partial_update(
        self, code: str | int, body: PatchedAgentShape, *, if_match: str | None = None
    ) -> AgentShape:
        """Change an agent, as you have last read it. The status has its own changes."""
        answer: AgentShape = self.call(
            "PATCH",
            f"/agents/{quote(str(code), safe='')}/",
            headers={"If-Match": if_match},
            body=body,
        )
        return answer

    def agents_credit_retrieve(self, code: str | int, *, on: str | None = None) -> CreditShape:
        """What the agent owes, and how much it may."""
        answer: CreditShape = self.call(
            "GET", f"/agents/{quote(str(code), safe='')}/credit/", query={"on": on}
        )
        return answer

    def agents_statement_retrieve(
        self, code: str | int, *, date_from: str | None = None, date_to: str | None = None
    ) -> StatementShape:
        """An agent's account between two days, with the age of what is owed at the end."""
        answer: StatementShape = self.call(
            "GET",
            f"/agents/{quote(str(code), safe='')}/statement/",
            query={"date_from": date_from, "date_to": date_to},
        )
        return answer

    def agent_status_changes_list(
        self,
        code: str | int,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
    ) -> StatusChangePage:
        """How the agent began, paused and ended, the last change first."""
        answer: StatusChangePage = self.call(
            "GET",
            f"/agents/{quote(str(code), safe='')}/status-changes/",
            query={"cursor": cursor, "fields": fields, "limit": limit},
        )
        return answer

    def agents_status_changes_create(
        self, code: str | int, body: StatusShape, *, idempotency_key: str | None = None
    ) -> StatusChangeShape:
        """Suspend, resume or end an agent, for a reason."""
        answer: StatusChangeShape = self.call(
            "POST",
            f"/agents/{quote(str(code), safe='')}/status-changes/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def auth_login_create(self, body: LoginRequest) -> LoginAnswer:
        """Exchange username and password for a token. The token is shown this once."""
        answer: LoginAnswer = self.call("POST", "/auth/login/", body=body)
        return answer

    def auth_logout_create(self) -> bytes:
        """End the token the request came with."""
        answer: bytes = self.call("POST", "/auth/logout/")
        return answer

    def bank_lines_list(
        self,
        *,
        account: str | None = None,
        agent: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        proposals: bool | None = None,
        state: str | None = None,
        statement: int | None = None,
    ) -> BankLinePage:
        """Lines of money in, the latest imported first; with proposals where they are asked for."""
        answer: BankLinePage = self.call(
            "GET",
            "/bank-lines/",
            query={
                "account": account,
                "agent": agent,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "limit": limit,
                "proposals": proposals,
                "state": state,
                "statement": statement,
            },
        )
        return answer

    def bank_lines_booking_create(
        self, body: MatchesShape, *, idempotency_key: str | None = None
    ) -> MatchesDone:
        """Confirm whose payments waiting lines are: all are booked, or none."""
        answer: MatchesDone = self.call(
            "POST", "/bank-lines/booking/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def bank_lines_retrieve(self, id: str | int, *, fields: str | None = None) -> BankLineShape:
        """One line with what was made of it, or whose payment it may be."""
        answer: BankLineShape = self.call(
            "GET", f"/bank-lines/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def bank_lines_reversal_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> BankLineShape:
        """Undo the payment of a line, with a reason; it waits for its agent again."""
        answer: BankLineShape = self.call(
            "POST",
            f"/bank-lines/{quote(str(id), safe='')}/reversal/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def bank_lines_setting_aside_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> BankLineShape:
        """Say that a line is no payment of an agent, and why."""
        answer: BankLineShape = self.call(
            "POST",
            f"/bank-lines/{quote(str(id), safe='')}/setting-aside/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def bank_lines_taking_back_create(
        self, id: str | int, *, idempotency_key: str | None = None
    ) -> BankLineShape:
        """Let a line that was set aside wait for its agent again."""
        answer: BankLineShape = self.call(
            "POST",
            f"/bank-lines/{quote(str(id), safe='')}/taking-back/",
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def bank_statements_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> BankStatementPage:
        """Statements as they were imported, the latest first."""
        answer: BankStatementPage = self.call(
            "GET", "/bank-statements/", query={"cursor": cursor, "fields": fields, "limit": limit}
        )
        return answer

    def bank_statements_create(self, *, idempotency_key: str | None = None) -> BankStatementShape:
        """Import a statement: every line of money in that is not known yet, or none."""
        answer: BankStatementShape = self.call(
            "POST", "/bank-statements/", headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def briefings_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> BriefingPage:
        """Briefings the account may see, the newest first."""
        answer: BriefingPage = self.call(
            "GET", "/briefings/", query={"cursor": cursor, "fields": fields, "limit": limit}
        )
        return answer

    def briefings_retrieve(self, id: str | int) -> BriefingDetail:
        """One briefing with its agenda and conclusions; outside the account's scope 404."""
        answer: BriefingDetail = self.call("GET", f"/briefings/{quote(str(id), safe='')}/")
        return answer

    def campaigns_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> CampaignPage:
        """The campaigns whose agents the person sees, the newest first; of a place those with an agent there."""
        answer: CampaignPage = self.call(
            "GET",
            "/campaigns/",
            query={
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def campaigns_create(
        self, body: CampaignShape, *, idempotency_key: str | None = None
    ) -> CampaignLine:
        """Enter a campaign for agents."""
        answer: CampaignLine = self.call(
            "POST", "/campaigns/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def campaigns_retrieve(
        self,
        id: str | int,
        *,
        fields: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> CampaignShape:
        """A campaign and what it has done so far; effect null while there is too little to tell."""
        answer: CampaignShape = self.call(
            "GET",
            f"/campaigns/{quote(str(id), safe='')}/",
            query={"fields": fields, "region": region, "territory": territory},
        )
        return answer

    def campaigns_cancellation_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> CampaignLine:
        """Take back a campaign that was entered wrongly, with a reason."""
        answer: CampaignLine = self.call(
            "POST",
            f"/campaigns/{quote(str(id), safe='')}/cancellation/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def census_create(self, body: CensusShape, *, idempotency_key: str | None = None) -> CensusKept:
        """Keep new figures of communes beside the old ones, all or nothing."""
        answer: CensusKept = self.call(
            "POST", "/census/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def claims_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        draw: str | None = None,
        due_before: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        number: str | None = None,
        product: str | None = None,
        region: str | None = None,
        state: str | None = None,
        territory: str | None = None,
    ) -> ClaimPage:
        """Winning tickets presented, the latest first."""
        answer: ClaimPage = self.call(
            "GET",
            "/claims/",
            query={
                "agent": agent,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "draw": draw,
                "due_before": due_before,
                "fields": fields,
                "limit": limit,
                "number": number,
                "product": product,
                "region": region,
                "state": state,
                "territory": territory,
            },
        )
        return answer

    def claims_create(
        self, body: NewClaimShape, *, idempotency_key: str | None = None
    ) -> ClaimShape:
        """Register a winning ticket for payment; once for each ticket."""
        answer: ClaimShape = self.call(
            "POST", "/claims/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def claims_retrieve(self, id: str | int, *, fields: str | None = None) -> ClaimShape:
        """One claim."""
        answer: ClaimShape = self.call(
            "GET", f"/claims/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def claims_payment_reversal_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> ClaimShape:
        """Undo the payment by a new entry, with a reason; the claim waits again."""
        answer: ClaimShape = self.call(
            "POST",
            f"/claims/{quote(str(id), safe='')}/payment-reversal/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def claims_payment_create(
        self, id: str | int, body: PaymentShape, *, idempotency_key: str | None = None
    ) -> ClaimShape:
        """Pay it: out of cash or bank, or by an agent on the company's behalf for a fee."""
        answer: ClaimShape = self.call(
            "POST",
            f"/claims/{quote(str(id), safe='')}/payment/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def claims_withdrawal_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> ClaimShape:
        """Take back a claim that was registered wrongly, with a reason."""
        answer: ClaimShape = self.call(
            "POST",
            f"/claims/{quote(str(id), safe='')}/withdrawal/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def collaterals_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        ends_by: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        on: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> CollateralPage:
        answer: CollateralPage = self.call(
            "GET",
            "/collaterals/",
            query={
                "agent": agent,
                "cursor": cursor,
                "ends_by": ends_by,
                "fields": fields,
                "kind": kind,
                "limit": limit,
                "on": on,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def collaterals_create(
        self, body: CollateralShape, *, idempotency_key: str | None = None
    ) -> CollateralShape:
        answer: CollateralShape = self.call(
            "POST", "/collaterals/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def collaterals_retrieve(self, id: str | int, *, fields: str | None = None) -> CollateralShape:
        answer: CollateralShape = self.call(
            "GET", f"/collaterals/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def collaterals_partial_update(
        self, id: str | int, body: PatchedCollateralShape, *, if_match: str | None = None
    ) -> CollateralShape:
        answer: CollateralShape = self.call(
            "PATCH",
            f"/collaterals/{quote(str(id), safe='')}/",
            headers={"If-Match": if_match},
            body=body,
        )
        return answer

    def consignments_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        draw: str | None = None,
        fields: str | None = None,
        is_closed: bool | None = None,
        limit: int | None = None,
        product: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> ConsignmentPage:
        """Tickets of each agent, product and draw, latest draw first; the movements are in /sales/."""
        answer: ConsignmentPage = self.call(
            "GET",
            "/consignments/",
            query={
                "agent": agent,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "draw": draw,
                "fields": fields,
                "is_closed": is_closed,
                "limit": limit,
                "product": product,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def credit_exceptions_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        on: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> CreditExceptionPage:
        """Who was allowed to owe more, the last first."""
        answer: CreditExceptionPage = self.call(
            "GET",
            "/credit-exceptions/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "on": on,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def credit_exceptions_create(
        self, body: CreditExceptionShape, *, idempotency_key: str | None = None
    ) -> CreditExceptionShape:
        """Let an agent owe more until a day, for a reason; 0 đồng takes it back."""
        answer: CreditExceptionShape = self.call(
            "POST", "/credit-exceptions/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def debts_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        on: str | None = None,
        over_limit: bool | None = None,
        overdue: bool | None = None,
        region: str | None = None,
        search: str | None = None,
        territory: str | None = None,
    ) -> DebtPage:
        """Debts by agent, how old they are and what secures them; agents' regions are those of now."""
        answer: DebtPage = self.call(
            "GET",
            "/debts/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "on": on,
                "over_limit": over_limit,
                "overdue": overdue,
                "region": region,
                "search": search,
                "territory": territory,
            },
        )
        return answer

    def deposits_list(
        self,
        *,
        agent: str | None = None,
        batch: int | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        into: str | None = None,
        limit: int | None = None,
        reference: str | None = None,
        region: str | None = None,
        search: str | None = None,
        territory: str | None = None,
    ) -> MovementPage:
        answer: MovementPage = self.call(
            "GET",
            "/deposits/",
            query={
                "agent": agent,
                "batch": batch,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "into": into,
                "limit": limit,
                "reference": reference,
                "region": region,
                "search": search,
                "territory": territory,
            },
        )
        return answer

    @overload
    def deposits_create(
        self,
        body: MovementLinesShape,
        *,
        partial: Literal[False] | None = None,
        idempotency_key: str | None = None,
    ) -> BookedShape: ...
    @overload
    def deposits_create(
        self,
        body: MovementLinesShape,
        *,
        partial: Literal[True],
        idempotency_key: str | None = None,
    ) -> PartlyBookedShape: ...
    def deposits_create(
        self,
        body: MovementLinesShape,
        *,
        partial: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BookedShape | PartlyBookedShape:
        """All lines or none; with `?partial=1` those that can be booked."""
        answer: BookedShape | PartlyBookedShape = self.call(
            "POST",
            "/deposits/",
            query={"partial": partial},
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def deposits_retrieve(self, id: str | int, *, fields: str | None = None) -> MovementShape:
        answer: MovementShape = self.call(
            "GET", f"/deposits/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def deposits_reversal_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> MovementShape:
        """Undo it by a new entry of today, with a reason; the answer is the new entry."""
        answer: MovementShape = self.call(
            "POST",
            f"/deposits/{quote(str(id), safe='')}/reversal/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def controlled_documents_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> ControlledDocumentPage:
        """Documents the token's owner may read, by code."""
        answer: ControlledDocumentPage = self.call(
            "GET", "/documents/", query={"cursor": cursor, "fields": fields, "limit": limit}
        )
        return answer

    def controlled_document(self, code: str | int) -> ControlledDocumentDetail:
        """One document with all its issues, the newest first."""
        answer: ControlledDocumentDetail = self.call(
            "GET", f"/documents/{quote(str(code), safe='')}/"
        )
        return answer

    def controlled_document_issues(self, code: str | int) -> list[DocumentIssueShape]:
        """Its issues, the newest first; drafts only for who controls, approves or audits."""
        answer: list[DocumentIssueShape] = self.call(
            "GET", f"/documents/{quote(str(code), safe='')}/issues/"
        )
        return answer

    def controlled_document_file(self, code: str | int, number: str | int) -> Any:
        """The file as it is given out to the token's owner: a PDF carries his copy's number."""
        answer: Any = self.call(
            "GET",
            f"/documents/{quote(str(code), safe='')}/issues/{quote(str(number), safe='')}/file/",
        )
        return answer

    def draws_list(
        self,
        *,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        host: str | None = None,
        limit: int | None = None,
        status: str | None = None,
        weekday: int | None = None,
    ) -> DrawPage:
        """Draws, latest first."""
        answer: DrawPage = self.call(
            "GET",
            "/draws/",
            query={
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "host": host,
                "limit": limit,
                "status": status,
                "weekday": weekday,
            },
        )
        return answer

    def draws_retrieve(self, day: str | int, *, fields: str | None = None) -> DrawDetailShape:
        """One draw: until when tickets may come back, and whether its sales are booked."""
        answer: DrawDetailShape = self.call(
            "GET", f"/draws/{quote(str(day), safe='')}/", query={"fields": fields}
        )
        return answer

    def draw_advice_list(
        self,
        day: str | int,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        product: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> AdvicePage:
        """The newest advice for each agent, by code, and what was decided."""
        answer: AdvicePage = self.call(
            "GET",
            f"/draws/{quote(str(day), safe='')}/advice/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "product": product,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def draws_advice_create(
        self, day: str | int, body: ProductQuery, *, idempotency_key: str | None = None
    ) -> AdviceList:
        """Advise on every agent nobody has decided on."""
        answer: AdviceList = self.call(
            "POST",
            f"/draws/{quote(str(day), safe='')}/advice/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def draws_advice_decide_create(
        self, day: str | int, body: DecideShape, *, idempotency_key: str | None = None
    ) -> DecidedShape:
        """Issue what each agent still lacks of the advice, or of another number with a reason."""
        answer: DecidedShape = self.call(
            "POST",
            f"/draws/{quote(str(day), safe='')}/advice/decide/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def draws_close_create(
        self, day: str | int, *, idempotency_key: str | None = None
    ) -> DrawCloseShape:
        """Book the sales of a draw that was held; from then on only corrections."""
        answer: DrawCloseShape = self.call(
            "POST",
            f"/draws/{quote(str(day), safe='')}/close/",
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def draws_publish_create(
        self, day: str | int, body: PublishShape, *, idempotency_key: str | None = None
    ) -> ResultShape:
        """Publish what you and another person keyed alike, or what another person imported."""
        answer: ResultShape = self.call(
            "POST",
            f"/draws/{quote(str(day), safe='')}/publish/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def draws_results_retrieve(self, day: str | int, *, fields: str | None = None) -> ResultShape:
        """The published result, what you have keyed, and where another keying differs from it."""
        answer: ResultShape = self.call(
            "GET", f"/draws/{quote(str(day), safe='')}/results/", query={"fields": fields}
        )
        return answer

    def draws_results_create(
        self, day: str | int, body: SheetShape, *, idempotency_key: str | None = None
    ) -> ResultShape:
        """Key the sheet of a draw: 27 numbers from the special prize to the seventh, symbols."""
        answer: ResultShape = self.call(
            "POST",
            f"/draws/{quote(str(day), safe='')}/results/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def dunning_notices_list(
        self,
        *,
        agent: str | None = None,
        channel: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        level: int | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> NoticePage:
        """Reminders that were given, the latest first."""
        answer: NoticePage = self.call(
            "GET",
            "/dunning-notices/",
            query={
                "agent": agent,
                "channel": channel,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "level": level,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def dunning_notices_create(
        self, body: NewNoticesShape, *, idempotency_key: str | None = None
    ) -> NoticesDone:
        """Write down that agents in arrears were reminded today, and what they promised."""
        answer: NoticesDone = self.call(
            "POST", "/dunning-notices/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def dunning_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        level: int | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> OverduePage:
        """Agents in arrears today, with the last reminder and whether a promise was broken."""
        answer: OverduePage = self.call(
            "GET",
            "/dunning/",
            query={
                "cursor": cursor,
                "fields": fields,
                "level": level,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def editions_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> EditionPage:
        """Editions the token's owner may see, newest first."""
        answer: EditionPage = self.call(
            "GET", "/editions/", query={"cursor": cursor, "fields": fields, "limit": limit}
        )
        return answer

    def editions_retrieve(self, code: str | int) -> EditionDetail:
        """One edition and its frozen numbers."""
        answer: EditionDetail = self.call("GET", f"/editions/{quote(str(code), safe='')}/")
        return answer

    def editions_deliveries_list(self, code: str | int) -> list[DeliveryShape]:
        """Who got the edition, and what became of each copy."""
        answer: list[DeliveryShape] = self.call(
            "GET", f"/editions/{quote(str(code), safe='')}/deliveries/"
        )
        return answer

    def employees_list(
        self,
        *,
        cursor: str | None = None,
        department: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        on: str | None = None,
        site: str | None = None,
    ) -> EmployeePage:
        """The people of the account's scope, by code."""
        answer: EmployeePage = self.call(
            "GET",
            "/employees/",
            query={
                "cursor": cursor,
                "department": department,
                "fields": fields,
                "limit": limit,
                "on": on,
                "site": site,
            },
        )
        return answer

    def employees_retrieve(self, code: str | int) -> EmployeeShape:
        """One person; outside the account's scope the answer is 404."""
        answer: EmployeeShape = self.call("GET", f"/employees/{quote(str(code), safe='')}/")
        return answer

    def exceptions_list(
        self,
        *,
        code: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        department: str | None = None,
        employee: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
    ) -> ExceptionPage:
        """Work dates with exceptions, as computed last, by date and person."""
        answer: ExceptionPage = self.call(
            "GET",
            "/exceptions/",
            query={
                "code": code,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "department": department,
                "employee": employee,
                "fields": fields,
                "limit": limit,
            },
        )
        return answer

    def imports_list(
        self,
        *,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        sender: str | None = None,
        state: str | None = None,
    ) -> ImportPage:
        """Files that were brought, the latest first."""
        answer: ImportPage = self.call(
            "GET",
            "/imports/",
            query={
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "kind": kind,
                "limit": limit,
                "sender": sender,
                "state": state,
            },
        )
        return answer

    def imports_create(self, *, idempotency_key: str | None = None) -> PreviewShape:
        """Bring a file; the answer is its preview, nothing is recorded."""
        answer: PreviewShape = self.call(
            "POST", "/imports/", headers={"Idempotency-Key": idempotency_key}
        )
        return answer

    def imports_retrieve(self, key: str | int, *, fields: str | None = None) -> PreviewShape:
        """A file: its preview while it waits, else what became of it."""
        answer: PreviewShape = self.call(
            "GET", f"/imports/{quote(str(key), safe='')}/", query={"fields": fields}
        )
        return answer

    def imports_partial_update(
        self, key: str | int, body: PatchedColumnsShape, *, if_match: str | None = None
    ) -> PreviewShape:
        """Say which column is which field, as you have last read it; the answer is the new preview."""
        answer: PreviewShape = self.call(
            "PATCH",
            f"/imports/{quote(str(key), safe='')}/",
            headers={"If-Match": if_match},
            body=body,
        )
        return answer

    def imports_annotated(self, key: str | int) -> Any:
        """A workbook of the file with what is wrong beside each cell, to send back."""
        answer: Any = self.call("GET", f"/imports/{quote(str(key), safe='')}/annotated/")
        return answer

    def imports_commit_create(
        self, key: str | int, *, idempotency_key: str | None = None
    ) -> ImportShape:
        """Record the file as one batch; a long one in the background (202, state `running`)."""
        answer: ImportShape = self.call(
            "POST",
            f"/imports/{quote(str(key), safe='')}/commit/",
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def imports_discard_create(
        self, key: str | int, *, idempotency_key: str | None = None
    ) -> ImportShape:
        """Leave a file aside that waits; it stays on the record."""
        answer: ImportShape = self.call(
            "POST",
            f"/imports/{quote(str(key), safe='')}/discard/",
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def imports_undo_create(
        self, key: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> ImportShape:
        """Take a recorded file back by reversing entries, as one batch; withdraw a plan."""
        answer: ImportShape = self.call(
            "POST",
            f"/imports/{quote(str(key), safe='')}/undo/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def issue_plans_list(
        self,
        *,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        product: str | None = None,
    ) -> IssuePlanPage:
        """Planned, printed, issued and sold of each draw; of the whole company only."""
        answer: IssuePlanPage = self.call(
            "GET",
            "/issue-plans/",
            query={
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "limit": limit,
                "product": product,
            },
        )
        return answer

    @overload
    def issue_plans_create(
        self,
        body: IssueLinesShape,
        *,
        partial: Literal[False] | None = None,
        idempotency_key: str | None = None,
    ) -> IssuePlannedShape: ...
    @overload
    def issue_plans_create(
        self, body: IssueLinesShape, *, partial: Literal[True], idempotency_key: str | None = None
    ) -> PartlyPlannedShape: ...
    def issue_plans_create(
        self,
        body: IssueLinesShape,
        *,
        partial: bool | None = None,
        idempotency_key: str | None = None,
    ) -> IssuePlannedShape | PartlyPlannedShape:
        """Plan draws that are still to be held; the newest line of a draw and product counts."""
        answer: IssuePlannedShape | PartlyPlannedShape = self.call(
            "POST",
            "/issue-plans/",
            query={"partial": partial},
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def journal_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        draw: str | None = None,
        event: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        product: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> JournalPage:
        """Entries of the journal, latest first."""
        answer: JournalPage = self.call(
            "GET",
            "/journal/",
            query={
                "agent": agent,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "draw": draw,
                "event": event,
                "fields": fields,
                "limit": limit,
                "product": product,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    @overload
    def journal_create(
        self,
        body: MoneyLinesShape,
        *,
        partial: Literal[False] | None = None,
        idempotency_key: str | None = None,
    ) -> BookedShape: ...
    @overload
    def journal_create(
        self, body: MoneyLinesShape, *, partial: Literal[True], idempotency_key: str | None = None
    ) -> PartlyBookedShape: ...
    def journal_create(
        self,
        body: MoneyLinesShape,
        *,
        partial: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BookedShape | PartlyBookedShape:
        """Book payments, prizes paid, collateral, interest, adjustments: all lines or none."""
        answer: BookedShape | PartlyBookedShape = self.call(
            "POST",
            "/journal/",
            query={"partial": partial},
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def journal_retrieve(self, id: str | int, *, fields: str | None = None) -> JournalShape:
        """One entry of the journal."""
        answer: JournalShape = self.call(
            "GET", f"/journal/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def journal_reversal_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> JournalShape:
        """Undo an entry by a new one, with a reason."""
        answer: JournalShape = self.call(
            "POST",
            f"/journal/{quote(str(id), safe='')}/reversal/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def leave_balances_list(
        self,
        *,
        cursor: str | None = None,
        department: str | None = None,
        employee: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        on: str | None = None,
    ) -> BalancePage:
        """Annual leave of the account's people who work in the year of `on`, by code."""
        answer: BalancePage = self.call(
            "GET",
            "/leave-balances/",
            query={
                "cursor": cursor,
                "department": department,
                "employee": employee,
                "fields": fields,
                "limit": limit,
                "on": on,
            },
        )
        return answer

    def obligations_list(self, *, year: int | None = None) -> list[OwedShape]:
        """The periods that fall due in the year, by due date; none for people of one region."""
        answer: list[OwedShape] = self.call("GET", "/obligations/", query={"year": year})
        return answer

    def overdue_interest_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        month: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> InterestPage:
        """Interest of a month by agent, with the days, amounts and rates it comes from."""
        answer: InterestPage = self.call(
            "GET",
            "/overdue-interest/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "month": month,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def overdue_interest_booking_create(
        self, month: str | int, *, idempotency_key: str | None = None
    ) -> InterestBooked:
        """Book what is not booked yet of the interest of a month that is over."""
        answer: InterestBooked = self.call(
            "POST",
            f"/overdue-interest/{quote(str(month), safe='')}/booking/",
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def payments_list(
        self,
        *,
        agent: str | None = None,
        batch: int | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        into: str | None = None,
        limit: int | None = None,
        reference: str | None = None,
        region: str | None = None,
        search: str | None = None,
        territory: str | None = None,
    ) -> MovementPage:
        answer: MovementPage = self.call(
            "GET",
            "/payments/",
            query={
                "agent": agent,
                "batch": batch,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "into": into,
                "limit": limit,
                "reference": reference,
                "region": region,
                "search": search,
                "territory": territory,
            },
        )
        return answer

    @overload
    def payments_create(
        self,
        body: MovementLinesShape,
        *,
        partial: Literal[False] | None = None,
        idempotency_key: str | None = None,
    ) -> BookedShape: ...
    @overload
    def payments_create(
        self,
        body: MovementLinesShape,
        *,
        partial: Literal[True],
        idempotency_key: str | None = None,
    ) -> PartlyBookedShape: ...
    def payments_create(
        self,
        body: MovementLinesShape,
        *,
        partial: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BookedShape | PartlyBookedShape:
        """All lines or none; with `?partial=1` those that can be booked."""
        answer: BookedShape | PartlyBookedShape = self.call(
            "POST",
            "/payments/",
            query={"partial": partial},
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def payments_retrieve(self, id: str | int, *, fields: str | None = None) -> MovementShape:
        answer: MovementShape = self.call(
            "GET", f"/payments/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def payments_reversal_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> MovementShape:
        """Undo it by a new entry of today, with a reason; the answer is the new entry."""
        answer: MovementShape = self.call(
            "POST",
            f"/payments/{quote(str(id), safe='')}/reversal/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def payouts_retrieve(
        self,
        *,
        date_from: str | None = None,
        date_to: str | None = None,
        group_by: str | None = None,
    ) -> PayoutsShape:
        """Prizes paid of what was sold, by draw or month; what was left unclaimed when the term ended."""
        answer: PayoutsShape = self.call(
            "GET",
            "/payouts/",
            query={"date_from": date_from, "date_to": date_to, "group_by": group_by},
        )
        return answer

    def plan_actuals_retrieve(
        self,
        *,
        level: str | None = None,
        month: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> ActualsShape:
        """A month and the year so far against the approved plan: run rate, forecast, need per draw."""
        answer: ActualsShape = self.call(
            "GET",
            "/plan-actuals/",
            query={"level": level, "month": month, "region": region, "territory": territory},
        )
        return answer

    def plans_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        state: str | None = None,
        year: int | None = None,
    ) -> PlansPage:
        """Versions of plans, the latest year and version first."""
        answer: PlansPage = self.call(
            "GET",
            "/plans/",
            query={
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "state": state,
                "year": year,
            },
        )
        return answer

    def plans_create(self, body: NewPlanShape, *, idempotency_key: str | None = None) -> PlanShape:
        """A new version of a year's plan as a draft: all lines or none."""
        answer: PlanShape = self.call(
            "POST", "/plans/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def plans_retrieve(self, id: str | int, *, fields: str | None = None) -> PlanShape:
        """One version; its lines are in lines/."""
        answer: PlanShape = self.call(
            "GET", f"/plans/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def plans_decision_create(
        self, id: str | int, body: PlanDecisionShape, *, idempotency_key: str | None = None
    ) -> PlanShape:
        """Submit a draft; approve or reject what another person submitted."""
        answer: PlanShape = self.call(
            "POST",
            f"/plans/{quote(str(id), safe='')}/decision/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def plan_lines_list(
        self,
        id: str | int,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        month: int | None = None,
        product: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> PlanLinesPage:
        """The lines of a version, in the order they were sent; of a place those of its units and agents."""
        answer: PlanLinesPage = self.call(
            "GET",
            f"/plans/{quote(str(id), safe='')}/lines/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "month": month,
                "product": product,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def points_of_sale_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> PointOfSalePage:
        answer: PointOfSalePage = self.call(
            "GET",
            "/points-of-sale/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def points_of_sale_create(
        self, body: PointShape, *, idempotency_key: str | None = None
    ) -> PointShape:
        answer: PointShape = self.call(
            "POST", "/points-of-sale/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def points_of_sale_retrieve(self, id: str | int, *, fields: str | None = None) -> PointShape:
        answer: PointShape = self.call(
            "GET", f"/points-of-sale/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def points_of_sale_partial_update(
        self, id: str | int, body: PatchedPointShape, *, if_match: str | None = None
    ) -> PointShape:
        answer: PointShape = self.call(
            "PATCH",
            f"/points-of-sale/{quote(str(id), safe='')}/",
            headers={"If-Match": if_match},
            body=body,
        )
        return answer

    def prize_tables_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        on: str | None = None,
        product: str | None = None,
    ) -> PrizeTablePage:
        """What each prize is worth, by product and validity, the latest table first."""
        answer: PrizeTablePage = self.call(
            "GET",
            "/prize-tables/",
            query={
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "on": on,
                "product": product,
            },
        )
        return answer

    def products_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        on: str | None = None,
    ) -> ProductPage:
        """Kinds of tickets by code."""
        answer: ProductPage = self.call(
            "GET",
            "/products/",
            query={"cursor": cursor, "fields": fields, "kind": kind, "limit": limit, "on": on},
        )
        return answer

    def punches_list(
        self,
        *,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        department: str | None = None,
        employee: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        terminal: str | None = None,
    ) -> PunchPage:
        """Punches of the account's people, the last stored first."""
        answer: PunchPage = self.call(
            "GET",
            "/punches/",
            query={
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "department": department,
                "employee": employee,
                "fields": fields,
                "limit": limit,
                "terminal": terminal,
            },
        )
        return answer

    def reconciliations_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        state: str | None = None,
        territory: str | None = None,
    ) -> ReconciliationPage:
        """Records, those of the latest periods first."""
        answer: ReconciliationPage = self.call(
            "GET",
            "/reconciliations/",
            query={
                "agent": agent,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "limit": limit,
                "region": region,
                "state": state,
                "territory": territory,
            },
        )
        return answer

    def reconciliations_create(
        self, body: AccountProposalShape, *, idempotency_key: str | None = None
    ) -> ReconciliationShape:
        """Write down an agent's account of some days for the agent to sign."""
        answer: ReconciliationShape = self.call(
            "POST", "/reconciliations/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def reconciliations_retrieve(
        self, id: str | int, *, fields: str | None = None
    ) -> ReconciliationShape:
        """One record with its steps."""
        answer: ReconciliationShape = self.call(
            "GET", f"/reconciliations/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def reconciliations_steps_create(
        self, id: str | int, body: NewStepShape, *, idempotency_key: str | None = None
    ) -> ReconciliationShape:
        """A signature, an objection or a withdrawal; who proposed does not sign for the company."""
        answer: ReconciliationShape = self.call(
            "POST",
            f"/reconciliations/{quote(str(id), safe='')}/steps/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def region_successions_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> SuccessionPage:
        """Which unit took over which, with the share of its business that went over."""
        answer: SuccessionPage = self.call(
            "GET",
            "/region-successions/",
            query={"cursor": cursor, "fields": fields, "limit": limit},
        )
        return answer

    def regions_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        on: str | None = None,
    ) -> RegionPage:
        """The person's region and those below it, by code and validity."""
        answer: RegionPage = self.call(
            "GET", "/regions/", query={"cursor": cursor, "fields": fields, "limit": limit, "on": on}
        )
        return answer

    def report_schedules_list(self) -> list[ReportScheduleShape]:
        """All schedules of reports, by name; none for people of one region."""
        answer: list[ReportScheduleShape] = self.call("GET", "/report-schedules/")
        return answer

    def requests_list(
        self,
        *,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        department: str | None = None,
        employee: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        state: str | None = None,
    ) -> RequestPage:
        """The requests the account sees on the pages, the newest first."""
        answer: RequestPage = self.call(
            "GET",
            "/requests/",
            query={
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "department": department,
                "employee": employee,
                "fields": fields,
                "kind": kind,
                "limit": limit,
                "state": state,
            },
        )
        return answer

    def requests_retrieve(self, id: str | int) -> RequestShape:
        """One request; outside the account's scope the answer is 404."""
        answer: RequestShape = self.call("GET", f"/requests/{quote(str(id), safe='')}/")
        return answer

    def returns_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        draw: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        product: str | None = None,
        region: str | None = None,
        state: str | None = None,
        territory: str | None = None,
    ) -> ReturnSheetPage:
        """Sheets of returns as they stand, latest first."""
        answer: ReturnSheetPage = self.call(
            "GET",
            "/returns/",
            query={
                "agent": agent,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "draw": draw,
                "fields": fields,
                "limit": limit,
                "product": product,
                "region": region,
                "state": state,
                "territory": territory,
            },
        )
        return answer

    def returns_create(
        self, body: DeclarationShape, *, idempotency_key: str | None = None
    ) -> ReturnSheetShape:
        """Declare what an agent brings back of a draw."""
        answer: ReturnSheetShape = self.call(
            "POST", "/returns/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def returns_steps_create(
        self, body: StepsShape, *, idempotency_key: str | None = None
    ) -> StepsDone:
        """Receive, seal or destroy many sheets at once: all of them or none."""
        answer: StepsDone = self.call(
            "POST", "/returns/steps/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def returns_retrieve(self, id: str | int, *, fields: str | None = None) -> ReturnSheetShape:
        """One sheet with its steps."""
        answer: ReturnSheetShape = self.call(
            "GET", f"/returns/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def returns_confirmation_create(
        self, id: str | int, body: ConfirmationShape, *, idempotency_key: str | None = None
    ) -> ReturnSheetShape:
        """Accept the count and record it in the ledger; another person than who counted."""
        answer: ReturnSheetShape = self.call(
            "POST",
            f"/returns/{quote(str(id), safe='')}/confirmation/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def returns_count_create(
        self, id: str | int, body: CountShape, *, idempotency_key: str | None = None
    ) -> ReturnSheetShape:
        """Keep what was counted; again until it is confirmed."""
        answer: ReturnSheetShape = self.call(
            "POST",
            f"/returns/{quote(str(id), safe='')}/count/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def returns_reversal_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> ReturnSheetShape:
        """Undo a confirmed return by correcting entries, with a reason."""
        answer: ReturnSheetShape = self.call(
            "POST",
            f"/returns/{quote(str(id), safe='')}/reversal/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def rules_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        key: str | None = None,
        limit: int | None = None,
        on: str | None = None,
    ) -> RulePage:
        """Rates, terms and legal limits; of a key the newest `valid_from` that holds counts."""
        answer: RulePage = self.call(
            "GET",
            "/rules/",
            query={"cursor": cursor, "fields": fields, "key": key, "limit": limit, "on": on},
        )
        return answer

    def sales_changes_list(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> BatchFeed:
        """Batches after `cursor` with their entries of both ledgers; none is ever skipped."""
        answer: BatchFeed = self.call(
            "GET", "/sales-changes/", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def sales_periods_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> PeriodClosePage:
        """Closes of months, the last first, with who opened which again and why."""
        answer: PeriodClosePage = self.call(
            "GET", "/sales-periods/", query={"cursor": cursor, "fields": fields, "limit": limit}
        )
        return answer

    def sales_periods_retrieve(
        self, month: str | int, *, fields: str | None = None
    ) -> OnePeriodShape:
        """What a month still lacks before it is settled; of the whole company only."""
        answer: OnePeriodShape = self.call(
            "GET", f"/sales-periods/{quote(str(month), safe='')}/", query={"fields": fields}
        )
        return answer

    def sales_periods_close_create(
        self, month: str | int, *, idempotency_key: str | None = None
    ) -> PeriodShape:
        """Close the books of a month and write every agent's settlement."""
        answer: PeriodShape = self.call(
            "POST",
            f"/sales-periods/{quote(str(month), safe='')}/close/",
            headers={"Idempotency-Key": idempotency_key},
        )
        return answer

    def sales_periods_reopen_create(
        self, month: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> PeriodShape:
        """Open a closed month again: another person than the one who closed it, with a reason."""
        answer: PeriodShape = self.call(
            "POST",
            f"/sales-periods/{quote(str(month), safe='')}/reopen/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def sales_list(
        self,
        *,
        agent: str | None = None,
        batch: int | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        draw: str | None = None,
        fields: str | None = None,
        late: bool | None = None,
        limit: int | None = None,
        product: str | None = None,
        region: str | None = None,
        territory: str | None = None,
        weekday: int | None = None,
    ) -> EntryPage:
        """Movements of tickets, latest draw first."""
        answer: EntryPage = self.call(
            "GET",
            "/sales/",
            query={
                "agent": agent,
                "batch": batch,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "draw": draw,
                "fields": fields,
                "late": late,
                "limit": limit,
                "product": product,
                "region": region,
                "territory": territory,
                "weekday": weekday,
            },
        )
        return answer

    def sales_create(self, body: LineShape, *, idempotency_key: str | None = None) -> EntryShape:
        """Record one movement."""
        answer: EntryShape = self.call(
            "POST", "/sales/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    @overload
    def sales_bulk_create(
        self,
        body: LinesShape,
        *,
        partial: Literal[False] | None = None,
        idempotency_key: str | None = None,
    ) -> RecordedShape: ...
    @overload
    def sales_bulk_create(
        self, body: LinesShape, *, partial: Literal[True], idempotency_key: str | None = None
    ) -> PartlyRecordedShape: ...
    def sales_bulk_create(
        self, body: LinesShape, *, partial: bool | None = None, idempotency_key: str | None = None
    ) -> RecordedShape | PartlyRecordedShape:
        """Record up to 10,000 movements: all of them, or none and every reason why."""
        answer: RecordedShape | PartlyRecordedShape = self.call(
            "POST",
            "/sales/bulk/",
            query={"partial": partial},
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def sales_summary_retrieve(
        self,
        *,
        date_from: str | None = None,
        date_to: str | None = None,
        group_by: str | None = None,
        region: str | None = None,
        territory: str | None = None,
        tree: str | None = None,
    ) -> Summary:
        """Tickets and revenue by region and month, from the rollups."""
        answer: Summary = self.call(
            "GET",
            "/sales/summary/",
            query={
                "date_from": date_from,
                "date_to": date_to,
                "group_by": group_by,
                "region": region,
                "territory": territory,
                "tree": tree,
            },
        )
        return answer

    def sales_retrieve(self, id: str | int, *, fields: str | None = None) -> EntryShape:
        """One movement."""
        answer: EntryShape = self.call(
            "GET", f"/sales/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def saved_views_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> SavedViewPage:
        """One's own and those shared with one, the newest first."""
        answer: SavedViewPage = self.call(
            "GET", "/saved-views/", query={"cursor": cursor, "fields": fields, "limit": limit}
        )
        return answer

    def saved_views_get(self, id: str | int) -> SavedViewShape:
        """One of them."""
        answer: SavedViewShape = self.call("GET", f"/saved-views/{quote(str(id), safe='')}/")
        return answer

    def settlement_runs_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> SettlementRunPage:
        """Months being settled and how far they are, the last begun first; of the whole company only."""
        answer: SettlementRunPage = self.call(
            "GET", "/settlement-runs/", query={"cursor": cursor, "fields": fields, "limit": limit}
        )
        return answer

    def settlement_runs_create(
        self, body: NewSettlementRunShape, *, idempotency_key: str | None = None
    ) -> SettlementRunShape:
        """Have a month settled in the background: its draws closed, its books, every agent's record."""
        answer: SettlementRunShape = self.call(
            "POST", "/settlement-runs/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def settlement_runs_retrieve(
        self, id: str | int, *, fields: str | None = None
    ) -> SettlementRunShape:
        """How far it is."""
        answer: SettlementRunShape = self.call(
            "GET", f"/settlement-runs/{quote(str(id), safe='')}/", query={"fields": fields}
        )
        return answer

    def settlements_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        month: str | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> SettlementPage:
        """Settlements of closed months, latest first."""
        answer: SettlementPage = self.call(
            "GET",
            "/settlements/",
            query={
                "agent": agent,
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "month": month,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def statements_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> StatementPage:
        """Every agent's account between two days, by code: tickets, amounts, what is owed before and after."""
        answer: StatementPage = self.call(
            "GET",
            "/statements/",
            query={
                "agent": agent,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer

    def summary(
        self,
        *,
        agent: str | None = None,
        by: str | None = None,
        commission: bool | None = None,
        compare: bool | None = None,
        cursor: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        fields: str | None = None,
        level: str | None = None,
        limit: int | None = None,
        order: str | None = None,
        plan: bool | None = None,
        product: str | None = None,
        region: str | None = None,
        territory: str | None = None,
        tree: str | None = None,
        weekday: int | None = None,
    ) -> AnySummary:
        """Draws held, by any of the dimensions; CSV or a workbook by `Accept`."""
        answer: AnySummary = self.call(
            "GET",
            "/summary/",
            query={
                "agent": agent,
                "by": by,
                "commission": commission,
                "compare": compare,
                "cursor": cursor,
                "date_from": date_from,
                "date_to": date_to,
                "fields": fields,
                "level": level,
                "limit": limit,
                "order": order,
                "plan": plan,
                "product": product,
                "region": region,
                "territory": territory,
                "tree": tree,
                "weekday": weekday,
            },
        )
        return answer

    def tasks_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        state: str | None = None,
        unit: str | None = None,
    ) -> TaskPage:
        """Tasks of the account's units and briefings, the earliest due day first."""
        answer: TaskPage = self.call(
            "GET",
            "/tasks/",
            query={
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "state": state,
                "unit": unit,
            },
        )
        return answer

    def tasks_retrieve(self, id: str | int) -> TaskDetail:
        """One task with every step; outside the account's scope 404."""
        answer: TaskDetail = self.call("GET", f"/tasks/{quote(str(id), safe='')}/")
        return answer

    def tasks_steps_create(
        self, id: str | int, body: NewTaskStepShape, *, idempotency_key: str | None = None
    ) -> TaskDetail:
        """Record a step, as the account's unit or as the chair or secretary of the briefing."""
        answer: TaskDetail = self.call(
            "POST",
            f"/tasks/{quote(str(id), safe='')}/steps/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def territories_list(
        self, *, cursor: str | None = None, fields: str | None = None, limit: int | None = None
    ) -> TerritoryPage:
        """Sales territories: all of them for who sees the whole company, else one's own."""
        answer: TerritoryPage = self.call(
            "GET", "/territories/", query={"cursor": cursor, "fields": fields, "limit": limit}
        )
        return answer

    def territories_create(
        self, body: NewTerritoryShape, *, idempotency_key: str | None = None
    ) -> TerritoryShape:
        """Make a territory; its units come by moves. Of the whole company only."""
        answer: TerritoryShape = self.call(
            "POST", "/territories/", headers={"Idempotency-Key": idempotency_key}, body=body
        )
        return answer

    def territories_retrieve(self, code: str | int, *, fields: str | None = None) -> TerritoryShape:
        """One territory."""
        answer: TerritoryShape = self.call(
            "GET", f"/territories/{quote(str(code), safe='')}/", query={"fields": fields}
        )
        return answer

    def territories_partial_update(
        self, code: str | int, body: PatchedTerritoryChangeShape, *, if_match: str | None = None
    ) -> TerritoryShape:
        """Name it anew, or put it in somebody else's charge, as you have last read it."""
        answer: TerritoryShape = self.call(
            "PATCH",
            f"/territories/{quote(str(code), safe='')}/",
            headers={"If-Match": if_match},
            body=body,
        )
        return answer

    def territories_moves_create(
        self, code: str | int, body: TerritoryMoveShape, *, idempotency_key: str | None = None
    ) -> TerritoryShape:
        """Let units come and go from a day on, all of them or none; also from a day to come."""
        answer: TerritoryShape = self.call(
            "POST",
            f"/territories/{quote(str(code), safe='')}/moves/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def territory_units_list(
        self,
        code: str | int,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        on: str | None = None,
    ) -> TerritoryUnitPage:
        """The units it had, has and will have, with their days."""
        answer: TerritoryUnitPage = self.call(
            "GET",
            f"/territories/{quote(str(code), safe='')}/units/",
            query={"cursor": cursor, "fields": fields, "limit": limit, "on": on},
        )
        return answer

    def tickets_check_create(self, body: TicketShape) -> CheckedShape:
        """What a ticket wins, the tax if it is paid today, and the last day to claim it."""
        answer: CheckedShape = self.call("POST", "/tickets/check/", body=body)
        return answer

    def ticket_holdings_list(
        self,
        *,
        agent: str | None = None,
        cursor: str | None = None,
        draw: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        number: int | None = None,
        place: str | None = None,
        product: str | None = None,
        region: str | None = None,
        series: str | None = None,
        territory: str | None = None,
    ) -> HoldingPage:
        """Where tickets are now, by stretch of serials; of a region what its agents hold."""
        answer: HoldingPage = self.call(
            "GET",
            "/tickets/holdings/",
            query={
                "agent": agent,
                "cursor": cursor,
                "draw": draw,
                "fields": fields,
                "limit": limit,
                "number": number,
                "place": place,
                "product": product,
                "region": region,
                "series": series,
                "territory": territory,
            },
        )
        return answer

    def ticket_moves_list(
        self,
        *,
        agent: str | None = None,
        batch: int | None = None,
        cursor: str | None = None,
        draw: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        number: int | None = None,
        product: str | None = None,
        region: str | None = None,
        series: str | None = None,
        territory: str | None = None,
    ) -> MovePage:
        """Moves of tickets, latest first; with `series` and `number`, the life of one ticket."""
        answer: MovePage = self.call(
            "GET",
            "/tickets/moves/",
            query={
                "agent": agent,
                "batch": batch,
                "cursor": cursor,
                "draw": draw,
                "fields": fields,
                "limit": limit,
                "number": number,
                "product": product,
                "region": region,
                "series": series,
                "territory": territory,
            },
        )
        return answer

    @overload
    def tickets_moves_create(
        self,
        body: TicketLinesShape,
        *,
        is_counted: bool | None = None,
        partial: Literal[False] | None = None,
        idempotency_key: str | None = None,
    ) -> MovedShape: ...
    @overload
    def tickets_moves_create(
        self,
        body: TicketLinesShape,
        *,
        is_counted: bool | None = None,
        partial: Literal[True],
        idempotency_key: str | None = None,
    ) -> PartlyMovedShape: ...
    def tickets_moves_create(
        self,
        body: TicketLinesShape,
        *,
        is_counted: bool | None = None,
        partial: bool | None = None,
        idempotency_key: str | None = None,
    ) -> MovedShape | PartlyMovedShape:
        """Move up to 10,000 stretches of serials: all, or none and every reason why."""
        answer: MovedShape | PartlyMovedShape = self.call(
            "POST",
            "/tickets/moves/",
            query={"is_counted": is_counted, "partial": partial},
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def tickets_moves_undo_create(
        self, id: str | int, body: ReversalShape, *, idempotency_key: str | None = None
    ) -> MovedShape:
        """Move the tickets of a batch back, by new moves; counts of agents follow."""
        answer: MovedShape = self.call(
            "POST",
            f"/tickets/moves/{quote(str(id), safe='')}/undo/",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )
        return answer

    def timesheet_changes_list(
        self,
        *,
        cursor: int | None = None,
        department: str | None = None,
        employee: str | None = None,
        limit: int | None = None,
    ) -> ChangePage:
        """Changes after `cursor`, in the order they were written; none is ever skipped."""
        answer: ChangePage = self.call(
            "GET",
            "/timesheet-changes/",
            query={
                "cursor": cursor,
                "department": department,
                "employee": employee,
                "limit": limit,
            },
        )
        return answer

    def timesheets_list(
        self,
        *,
        cursor: str | None = None,
        department: str | None = None,
        employee: str | None = None,
        limit: int | None = None,
        month: str | None = None,
    ) -> TimesheetPage:
        """A month's rows of the account's people by date and person."""
        answer: TimesheetPage = self.call(
            "GET",
            "/timesheets/",
            query={
                "cursor": cursor,
                "department": department,
                "employee": employee,
                "limit": limit,
                "month": month,
            },
        )
        return answer

    def white_spots_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        limit: int | None = None,
        region: str | None = None,
        territory: str | None = None,
    ) -> CoveragePage:
        """Every commune, those that lack most points of sale first."""
        answer: CoveragePage = self.call(
            "GET",
            "/white-spots/",
            query={
                "cursor": cursor,
                "fields": fields,
                "limit": limit,
                "region": region,
                "territory": territory,
            },
        )
        return answer
