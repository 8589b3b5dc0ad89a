"""Tables of ticket sales: reference data, two append-only ledgers, rollups kept beside them."""

from sales.models.agents import Agent, AgentKind, AgentStatus
from sales.models.draws import Draw, DrawPause, DrawSchedule, DrawStatus, Market
from sales.models.ledger import ConsignmentEntry, RecordingBatch, Source
from sales.models.payments import Payment, PaymentKind
from sales.models.products import Product
from sales.models.rollups import AgentDrawTotal, RegionDayTotal, RegionMonthTotal

__all__ = [
    "Agent",
    "AgentDrawTotal",
    "AgentKind",
    "AgentStatus",
    "ConsignmentEntry",
    "Draw",
    "DrawPause",
    "DrawSchedule",
    "DrawStatus",
    "Market",
    "Payment",
    "PaymentKind",
    "Product",
    "RecordingBatch",
    "RegionDayTotal",
    "RegionMonthTotal",
    "Source",
]
