"""Tables of ticket sales: reference data, two append-only ledgers, rollups kept beside them."""

from sales.models.advice import Advice, AdviceDecision, AdviceRun
from sales.models.agent_files import (
    AgentContact,
    AgentDocument,
    AgentNote,
    DocumentKind,
    NoteKind,
    PointOfSale,
)
from sales.models.agents import Agent, AgentKind, AgentStatus, AgentStatusChange
from sales.models.agreements import AgentContract, Collateral, CollateralKind, ContractRate
from sales.models.bank import BankLine, BankStatement
from sales.models.claims import ClaimState, PrizeClaim
from sales.models.credit import CreditException
from sales.models.draws import Draw, DrawPause, DrawSchedule, DrawStatus, Market
from sales.models.dunning import DunningChannel, DunningNotice
from sales.models.imports import ImportFile, ImportKind, ImportProfile, ImportState
from sales.models.issue_plans import IssuePlan
from sales.models.journal import (
    AgentBalance,
    AgentMonthTotal,
    DrawClose,
    JournalEntry,
    JournalEvent,
)
from sales.models.ledger import ConsignmentEntry, RecordingBatch, Source
from sales.models.live import LiveNumber
from sales.models.markets import Campaign, CampaignAgent, RegionCensus
from sales.models.news import NewsItem
from sales.models.periods import PeriodClose, PeriodReopening
from sales.models.plans import PlanState, SalesPlan, SalesPlanLine
from sales.models.prizes import PrizeKind, PrizeLevel, PrizeTable
from sales.models.products import Product, ProductKind
from sales.models.reconciliations import (
    Reconciliation,
    ReconciliationStep,
    ReconciliationStepKind,
)
from sales.models.results import DrawPublication, DrawResultEntry
from sales.models.returns import ReturnSheet, ReturnState, ReturnStep, ReturnTally
from sales.models.rollups import (
    AgentDrawTotal,
    AgentMonthAll,
    AgentMonthDays,
    AgentMonthTickets,
    AgentWeekdayAll,
    AgentWeekdayTickets,
    AgentYearAll,
    AgentYearTickets,
    CompanyDayTotal,
    RegionDayAll,
    RegionDayTotal,
    RegionMonthTotal,
    RegionWeekdayAll,
    RegionWeekdayTotal,
)
from sales.models.rules import RuleKey, SalesRule
from sales.models.settlements import Settlement, SettlementRun
from sales.models.stock import TicketHolding, TicketMove, TicketPlace, TicketSeries
from sales.models.tax_lists import TaxListExport, TaxListFormat

__all__ = [
    "Advice",
    "AdviceDecision",
    "AdviceRun",
    "Agent",
    "AgentBalance",
    "AgentContact",
    "AgentContract",
    "AgentDocument",
    "AgentDrawTotal",
    "AgentKind",
    "AgentMonthAll",
    "AgentMonthDays",
    "AgentMonthTickets",
    "AgentMonthTotal",
    "AgentNote",
    "AgentStatus",
    "AgentStatusChange",
    "AgentWeekdayAll",
    "AgentWeekdayTickets",
    "AgentYearAll",
    "AgentYearTickets",
    "BankLine",
    "BankStatement",
    "Campaign",
    "CampaignAgent",
    "ClaimState",
    "Collateral",
    "CollateralKind",
    "CompanyDayTotal",
    "ConsignmentEntry",
    "ContractRate",
    "CreditException",
    "DocumentKind",
    "Draw",
    "DrawClose",
    "DrawPause",
    "DrawPublication",
    "DrawResultEntry",
    "DrawSchedule",
    "DrawStatus",
    "DunningChannel",
    "DunningNotice",
    "ImportFile",
    "ImportKind",
    "ImportProfile",
    "ImportState",
    "IssuePlan",
    "JournalEntry",
    "JournalEvent",
    "LiveNumber",
    "Market",
    "NewsItem",
    "NoteKind",
    "PeriodClose",
    "PeriodReopening",
    "PlanState",
    "PointOfSale",
    "PrizeClaim",
    "PrizeKind",
    "PrizeLevel",
    "PrizeTable",
    "Product",
    "ProductKind",
    "Reconciliation",
    "ReconciliationStep",
    "ReconciliationStepKind",
    "RecordingBatch",
    "RegionCensus",
    "RegionDayAll",
    "RegionDayTotal",
    "RegionMonthTotal",
    "RegionWeekdayAll",
    "RegionWeekdayTotal",
    "ReturnSheet",
    "ReturnState",
    "ReturnStep",
    "ReturnTally",
    "RuleKey",
    "SalesPlan",
    "SalesPlanLine",
    "SalesRule",
    "Settlement",
    "SettlementRun",
    "Source",
    "TaxListExport",
    "TaxListFormat",
    "TicketHolding",
    "TicketMove",
    "TicketPlace",
    "TicketSeries",
]
