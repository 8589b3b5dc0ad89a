from django.urls import URLPattern, URLResolver, path

from sales.pages.accounting import accounting
from sales.pages.advice import allocation, allocation_decide, allocation_make
from sales.pages.agent import agent, agent_allow, agent_paper, agent_status
from sales.pages.agent_forms import agent_edit, agent_new, agent_record
from sales.pages.agents import agents
from sales.pages.bank import bank, bank_book, bank_import, bank_line
from sales.pages.campaigns import campaign, campaign_cancel, campaigns
from sales.pages.claims import (
    claim_new,
    claim_page,
    claim_pay,
    claim_reverse,
    claim_withdraw,
    claims,
)
from sales.pages.debts import debts, statement, statement_propose
from sales.pages.draw_desk import draw_desk
from sales.pages.dunning import dunning, dunning_record
from sales.pages.entry_sheet import entry_sheet
from sales.pages.health import agent_health
from sales.pages.imports import import_faults, import_page, imports
from sales.pages.issue_plans import issue_plans
from sales.pages.live import live_entry
from sales.pages.news import news, news_item
from sales.pages.overdue_interest import overdue_interest, overdue_interest_book
from sales.pages.overview import overview
from sales.pages.payments import payment_record, payment_reverse, payments
from sales.pages.payout_ratio import payout_ratio
from sales.pages.plans import plan_file, plan_move, plan_template, plans
from sales.pages.reconciliations import (
    reconciliation,
    reconciliation_file,
    reconciliation_step,
    reconciliations,
)
from sales.pages.results import draw_publish, draw_result, results
from sales.pages.return_sheet import return_minutes, return_page
from sales.pages.returns import returns, returns_step
from sales.pages.settlement import settlement, settlement_reopen, settlement_start
from sales.pages.stock import stock
from sales.pages.tax_list import tax_list
from sales.pages.territories import (
    territories,
    territory,
    territory_edit,
    territory_new,
    territory_unit,
)
from sales.pages.tickets import ticket_check
from sales.pages.white_spots import census, white_spots

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview, name="sales"),
    path("cong-no/", debts, name="debts"),
    path("cong-no/dai-ly/<str:code>/", statement, name="statement"),
    path("cong-no/dai-ly/<str:code>/bien-ban/", statement_propose, name="statement_propose"),
    path("cong-no/doi-chieu/", reconciliations, name="reconciliations"),
    path("cong-no/doi-chieu/<int:pk>/", reconciliation, name="reconciliation"),
    path("cong-no/doi-chieu/<int:pk>/buoc/", reconciliation_step, name="reconciliation_step"),
    path(
        "cong-no/doi-chieu/<int:pk>/tep.<str:kind>", reconciliation_file, name="reconciliation_file"
    ),
    path("cong-no/quyet-toan/", settlement, name="settlement"),
    path("cong-no/quyet-toan/chay/", settlement_start, name="settlement_start"),
    path("cong-no/quyet-toan/mo-lai/", settlement_reopen, name="settlement_reopen"),
    path("cong-no/lai-cham-nop/", overdue_interest, name="overdue_interest"),
    path("cong-no/lai-cham-nop/ghi/", overdue_interest_book, name="overdue_interest_book"),
    path("cong-no/ke-toan/", accounting, name="accounting"),
    path("cong-no/thue-dai-ly/", tax_list, name="tax_list"),
    path("cong-no/thu-tien/", payments, name="payments"),
    path("cong-no/thu-tien/ghi/", payment_record, name="payment_record"),
    path("cong-no/thu-tien/<int:pk>/dao/", payment_reverse, name="payment_reverse"),
    path("cong-no/sao-ke/", bank, name="bank"),
    path("cong-no/sao-ke/nhap/", bank_import, name="bank_import"),
    path("cong-no/sao-ke/ghi/", bank_book, name="bank_book"),
    path("cong-no/sao-ke/<int:pk>/", bank_line, name="bank_line"),
    path("cong-no/nhac-no/", dunning, name="dunning"),
    path("cong-no/nhac-no/ghi/", dunning_record, name="dunning_record"),
    path("ke-hoach/", plans, name="plans"),
    path("ke-hoach/mau/", plan_template, name="plan_template"),
    path("ke-hoach/ban/<int:pk>/", plan_file, name="plan_file"),
    path("ke-hoach/ban/<int:pk>/buoc/", plan_move, name="plan_move"),
    path("ket-qua/", results, name="results"),
    path("ket-qua/<str:day>/", draw_result, name="draw_result"),
    path("ket-qua/<str:day>/truc-tiep/", live_entry, name="live_entry"),
    path("ket-qua/<str:day>/cong-bo/", draw_publish, name="draw_publish"),
    path("tin-tuc/", news, name="news"),
    path("tin-tuc/moi/", news_item, name="news_new"),
    path("tin-tuc/<int:pk>/", news_item, name="news_item"),
    path("do-ve/", ticket_check, name="ticket_check"),
    path("tra-thuong/", claims, name="claims"),
    path("tra-thuong/ty-le/", payout_ratio, name="payout_ratio"),
    path("tra-thuong/them/", claim_new, name="claim_new"),
    path("tra-thuong/<int:pk>/", claim_page, name="claim"),
    path("tra-thuong/<int:pk>/tra/", claim_pay, name="claim_pay"),
    path("tra-thuong/<int:pk>/dao/", claim_reverse, name="claim_reverse"),
    path("tra-thuong/<int:pk>/huy/", claim_withdraw, name="claim_withdraw"),
    path("ngay-quay/", draw_desk, name="draw_desk"),
    path("nhap-bang/", entry_sheet, name="entry_sheet"),
    path("tra-ve/", returns, name="returns"),
    path("tra-ve/buoc/", returns_step, name="returns_step"),
    path("tra-ve/<int:pk>/", return_page, name="return"),
    path("tra-ve/<int:pk>/bien-ban/", return_minutes, name="return_minutes"),
    path("nhap-tep/", imports, name="imports"),
    path("nhap-tep/<uuid:key>/", import_page, name="import"),
    path("nhap-tep/<uuid:key>/can-sua.xlsx", import_faults, name="import_faults"),
    path("kho-ve/", stock, name="stock"),
    path("phat-hanh/", issue_plans, name="issue_plans"),
    path("phan-ve/", allocation, name="allocation"),
    path("phan-ve/lap/", allocation_make, name="allocation_make"),
    path("phan-ve/giao/", allocation_decide, name="allocation_decide"),
    path("suc-khoe/", agent_health, name="agent_health"),
    path("vung/", territories, name="territories"),
    path("vung/moi/", territory_new, name="territory_new"),
    path("vung/<str:code>/", territory, name="territory"),
    path("vung/<str:code>/sua/", territory_edit, name="territory_edit"),
    path("vung/<str:code>/dia-ban/", territory_unit, name="territory_unit"),
    path("vung-trang/", white_spots, name="white_spots"),
    path("vung-trang/so-lieu/", census, name="census"),
    path("chuong-trinh/", campaigns, name="campaigns"),
    path("chuong-trinh/<int:pk>/", campaign, name="campaign"),
    path("chuong-trinh/<int:pk>/huy/", campaign_cancel, name="campaign_cancel"),
    path("dai-ly/", agents, name="agents"),
    path("dai-ly-moi/", agent_new, name="agent_new"),
    path("dai-ly/<str:code>/", agent, name="agent"),
    path("dai-ly/<str:code>/sua/", agent_edit, name="agent_edit"),
    path("dai-ly/<str:code>/trang-thai/", agent_status, name="agent_status"),
    path("dai-ly/<str:code>/vuot-han-muc/", agent_allow, name="agent_allow"),
    path("dai-ly/<str:code>/tep/<int:pk>/", agent_paper, name="agent_paper"),
    path("dai-ly/<str:code>/<slug:kind>/moi/", agent_record, name="agent_record_new"),
    path("dai-ly/<str:code>/<slug:kind>/<int:pk>/", agent_record, name="agent_record"),
]
