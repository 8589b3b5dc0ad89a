from django.urls import URLPattern, URLResolver, path

from sales.api import movements
from sales.api.accounting import Accounting
from sales.api.agent_files import APPENDED, PAGES, RESOURCES
from sales.api.agents import Agents, AgentStatusChanges, OneAgent
from sales.api.bank import (
    BankLineReversal,
    BankLines,
    BankLinesBooking,
    BankLineSettingAside,
    BankLineTakingBack,
    BankStatements,
    OneBankLine,
)
from sales.api.changes import SalesChanges
from sales.api.claims import (
    ClaimPayment,
    ClaimPaymentReversal,
    Claims,
    ClaimWithdrawal,
    OneClaim,
    PayoutRatio,
)
from sales.api.consignments import Consignments
from sales.api.credit import AgentCredit, CreditExceptions
from sales.api.debts import Debts, Dunning, DunningNotices
from sales.api.entries import Sales, SalesBulk, SalesEntry, SalesSummary
from sales.api.growth import AgentHealth, DrawAdvice, DrawAdviceDecision
from sales.api.imports import (
    ImportCommit,
    ImportDiscard,
    ImportedAnnotated,
    Imports,
    ImportUndo,
    OneImport,
)
from sales.api.interest import OverdueInterest, OverdueInterestBooking
from sales.api.issue_plans import IssuePlans
from sales.api.markets import CampaignCancellation, Campaigns, Census, OneCampaign, WhiteSpots
from sales.api.money import DrawClosing, Journal, JournalReversal, OneJournalEntry
from sales.api.periods import (
    OnePeriod,
    OneSettlementRun,
    PeriodClosing,
    PeriodOpening,
    Periods,
    SettlementRuns,
    Settlements,
)
from sales.api.plans import OnePlan, PlanActuals, PlanDecision, PlanLines, Plans
from sales.api.reconciliations import OneReconciliation, Reconciliations, ReconciliationSteps
from sales.api.reference import Draws, OneDraw, Products, Regions, Successions
from sales.api.resources import collection_of, item_of
from sales.api.results import DrawPublishing, DrawResults, TicketCheck
from sales.api.returns import (
    OneReturn,
    ReturnConfirming,
    ReturnCounting,
    ReturnReversal,
    Returns,
    ReturnSteps,
)
from sales.api.rules import PrizeTables, Rules
from sales.api.statements import AgentStatement, Statements
from sales.api.stock import TicketHoldings, TicketMoves, TicketMovesUndoing
from sales.api.summary import AnySummaries
from sales.api.tax_list import AgentTaxes
from sales.api.territories import OneTerritory, Territories, TerritoryMoves, TerritoryUnits

urlpatterns: list[URLPattern | URLResolver] = [
    path("sales/", Sales.as_view(), name="api-sales"),
    path("sales/bulk/", SalesBulk.as_view(), name="api-sales-bulk"),
    path("sales/summary/", SalesSummary.as_view(), name="api-sales-summary"),
    path("sales/<int:pk>/", SalesEntry.as_view(), name="api-sales-entry"),
    path("agents/", Agents.as_view(), name="api-agents"),
    path("agents/<str:code>/", OneAgent.as_view(), name="api-agent"),
    path(
        "agents/<str:code>/status-changes/", AgentStatusChanges.as_view(), name="api-agent-status"
    ),
    path("sales-changes/", SalesChanges.as_view(), name="api-sales-changes"),
    path("summary/", AnySummaries.as_view(), name="api-summary"),
    path("agents/<str:code>/credit/", AgentCredit.as_view(), name="api-agent-credit"),
    path("credit-exceptions/", CreditExceptions.as_view(), name="api-credit-exceptions"),
    path("agents/<str:code>/statement/", AgentStatement.as_view(), name="api-agent-statement"),
    path("statements/", Statements.as_view(), name="api-statements"),
    path("consignments/", Consignments.as_view(), name="api-consignments"),
    path("journal/", Journal.as_view(), name="api-journal"),
    path("journal/<int:pk>/", OneJournalEntry.as_view(), name="api-journal-entry"),
    path("journal/<int:pk>/reversal/", JournalReversal.as_view(), name="api-journal-reversal"),
    path("draws/<str:day>/close/", DrawClosing.as_view(), name="api-draw-close"),
    path("sales-periods/", Periods.as_view(), name="api-periods"),
    path("settlement-runs/", SettlementRuns.as_view(), name="api-settlement-runs"),
    path("settlement-runs/<int:pk>/", OneSettlementRun.as_view(), name="api-settlement-run"),
    path("sales-periods/<str:month>/", OnePeriod.as_view(), name="api-period"),
    path("sales-periods/<str:month>/close/", PeriodClosing.as_view(), name="api-period-close"),
    path("sales-periods/<str:month>/reopen/", PeriodOpening.as_view(), name="api-period-reopen"),
    path("settlements/", Settlements.as_view(), name="api-settlements"),
    path("debts/", Debts.as_view(), name="api-debts"),
    path("dunning/", Dunning.as_view(), name="api-dunning"),
    path("dunning-notices/", DunningNotices.as_view(), name="api-dunning-notices"),
    path("reconciliations/", Reconciliations.as_view(), name="api-reconciliations"),
    path("reconciliations/<int:pk>/", OneReconciliation.as_view(), name="api-reconciliation"),
    path(
        "reconciliations/<int:pk>/steps/",
        ReconciliationSteps.as_view(),
        name="api-reconciliation-steps",
    ),
    path("overdue-interest/", OverdueInterest.as_view(), name="api-overdue-interest"),
    path(
        "overdue-interest/<str:month>/booking/",
        OverdueInterestBooking.as_view(),
        name="api-overdue-interest-booking",
    ),
    path("bank-statements/", BankStatements.as_view(), name="api-bank-statements"),
    path("bank-lines/", BankLines.as_view(), name="api-bank-lines"),
    path("bank-lines/booking/", BankLinesBooking.as_view(), name="api-bank-lines-booking"),
    path("bank-lines/<int:pk>/", OneBankLine.as_view(), name="api-bank-line"),
    path(
        "bank-lines/<int:pk>/reversal/", BankLineReversal.as_view(), name="api-bank-line-reversal"
    ),
    path(
        "bank-lines/<int:pk>/setting-aside/",
        BankLineSettingAside.as_view(),
        name="api-bank-line-aside",
    ),
    path(
        "bank-lines/<int:pk>/taking-back/",
        BankLineTakingBack.as_view(),
        name="api-bank-line-taking-back",
    ),
    path("accounting/", Accounting.as_view(), name="api-accounting"),
    path("agent-taxes/", AgentTaxes.as_view(), name="api-agent-taxes"),
    path("draws/<str:day>/results/", DrawResults.as_view(), name="api-draw-results"),
    path("draws/<str:day>/publish/", DrawPublishing.as_view(), name="api-draw-publish"),
    path("draws/<str:day>/advice/", DrawAdvice.as_view(), name="api-draw-advice"),
    path(
        "draws/<str:day>/advice/decide/",
        DrawAdviceDecision.as_view(),
        name="api-draw-advice-decide",
    ),
    path("agent-health/", AgentHealth.as_view(), name="api-agent-health"),
    path("white-spots/", WhiteSpots.as_view(), name="api-white-spots"),
    path("census/", Census.as_view(), name="api-census"),
    path("campaigns/", Campaigns.as_view(), name="api-campaigns"),
    path("campaigns/<int:pk>/", OneCampaign.as_view(), name="api-campaign"),
    path(
        "campaigns/<int:pk>/cancellation/",
        CampaignCancellation.as_view(),
        name="api-campaign-cancellation",
    ),
    path("tickets/check/", TicketCheck.as_view(), name="api-ticket-check"),
    path("claims/", Claims.as_view(), name="api-claims"),
    path("claims/<int:pk>/", OneClaim.as_view(), name="api-claim"),
    path("claims/<int:pk>/payment/", ClaimPayment.as_view(), name="api-claim-payment"),
    path(
        "claims/<int:pk>/payment-reversal/",
        ClaimPaymentReversal.as_view(),
        name="api-claim-reversal",
    ),
    path("claims/<int:pk>/withdrawal/", ClaimWithdrawal.as_view(), name="api-claim-withdrawal"),
    path("payouts/", PayoutRatio.as_view(), name="api-payouts"),
    path("issue-plans/", IssuePlans.as_view(), name="api-issue-plans"),
    path("tickets/holdings/", TicketHoldings.as_view(), name="api-ticket-holdings"),
    path("tickets/moves/", TicketMoves.as_view(), name="api-ticket-moves"),
    path(
        "tickets/moves/<int:pk>/undo/", TicketMovesUndoing.as_view(), name="api-ticket-moves-undo"
    ),
    path("imports/", Imports.as_view(), name="api-imports"),
    path("imports/<uuid:key>/", OneImport.as_view(), name="api-import"),
    path("imports/<uuid:key>/annotated/", ImportedAnnotated.as_view(), name="api-import-annotated"),
    path("imports/<uuid:key>/commit/", ImportCommit.as_view(), name="api-import-commit"),
    path("imports/<uuid:key>/discard/", ImportDiscard.as_view(), name="api-import-discard"),
    path("imports/<uuid:key>/undo/", ImportUndo.as_view(), name="api-import-undo"),
    path("returns/", Returns.as_view(), name="api-returns"),
    path("returns/steps/", ReturnSteps.as_view(), name="api-return-steps"),
    path("returns/<int:pk>/", OneReturn.as_view(), name="api-return"),
    path("returns/<int:pk>/count/", ReturnCounting.as_view(), name="api-return-count"),
    path("returns/<int:pk>/confirmation/", ReturnConfirming.as_view(), name="api-return-confirm"),
    path("returns/<int:pk>/reversal/", ReturnReversal.as_view(), name="api-return-reversal"),
    path("plans/", Plans.as_view(), name="api-plans"),
    path("plans/<int:pk>/", OnePlan.as_view(), name="api-plan"),
    path("plans/<int:pk>/lines/", PlanLines.as_view(), name="api-plan-lines"),
    path("plans/<int:pk>/decision/", PlanDecision.as_view(), name="api-plan-decision"),
    path("plan-actuals/", PlanActuals.as_view(), name="api-plan-actuals"),
    path("rules/", Rules.as_view(), name="api-rules"),
    path("prize-tables/", PrizeTables.as_view(), name="api-prize-tables"),
    path("products/", Products.as_view(), name="api-products"),
    path("draws/", Draws.as_view(), name="api-draws"),
    path("draws/<str:day>/", OneDraw.as_view(), name="api-draw"),
    path("regions/", Regions.as_view(), name="api-regions"),
    path("region-successions/", Successions.as_view(), name="api-region-successions"),
    path("territories/", Territories.as_view(), name="api-territories"),
    path("territories/<str:code>/", OneTerritory.as_view(), name="api-territory"),
    path("territories/<str:code>/units/", TerritoryUnits.as_view(), name="api-territory-units"),
    path("territories/<str:code>/moves/", TerritoryMoves.as_view(), name="api-territory-moves"),
]
for _name in movements.RESOURCES:
    urlpatterns += [
        path(f"{_name}/", movements.collection_of(_name).as_view(), name=f"api-{_name}"),
        path(f"{_name}/<int:pk>/", movements.item_of(_name).as_view(), name=f"api-{_name}-one"),
        path(
            f"{_name}/<int:pk>/reversal/",
            movements.reversal_of(_name).as_view(),
            name=f"api-{_name}-reversal",
        ),
    ]
for _name, _resource in RESOURCES.items():
    _all = collection_of(_resource, _name, "agents", PAGES[_name])
    _one = item_of(_resource, "agents", is_changed=_name not in APPENDED)
    urlpatterns += [
        path(f"{_name}/", _all.as_view(), name=f"api-{_name}"),
        path(f"{_name}/<int:pk>/", _one.as_view(), name=f"api-{_name}-one"),
    ]
