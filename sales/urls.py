from django.urls import URLPattern, URLResolver, path

from sales.pages.advice import allocation, allocation_decide, allocation_make
from sales.pages.agent import agent, agent_allow, agent_paper, agent_status
from sales.pages.agent_forms import agent_edit, agent_new, agent_record
from sales.pages.agents import agents
from sales.pages.claims import (
    claim_new,
    claim_page,
    claim_pay,
    claim_reverse,
    claim_withdraw,
    claims,
    payout_ratio,
)
from sales.pages.health import agent_health
from sales.pages.overview import overview
from sales.pages.results import draw_publish, draw_result, results
from sales.pages.returns import return_minutes, return_page, returns, returns_step
from sales.pages.stock import stock
from sales.pages.tickets import ticket_check

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview, name="sales"),
    path("ket-qua/", results, name="results"),
    path("ket-qua/<str:day>/", draw_result, name="draw_result"),
    path("ket-qua/<str:day>/cong-bo/", draw_publish, name="draw_publish"),
    path("do-ve/", ticket_check, name="ticket_check"),
    path("tra-thuong/", claims, name="claims"),
    path("tra-thuong/ty-le/", payout_ratio, name="payout_ratio"),
    path("tra-thuong/them/", claim_new, name="claim_new"),
    path("tra-thuong/<int:pk>/", claim_page, name="claim"),
    path("tra-thuong/<int:pk>/tra/", claim_pay, name="claim_pay"),
    path("tra-thuong/<int:pk>/dao/", claim_reverse, name="claim_reverse"),
    path("tra-thuong/<int:pk>/huy/", claim_withdraw, name="claim_withdraw"),
    path("tra-ve/", returns, name="returns"),
    path("tra-ve/buoc/", returns_step, name="returns_step"),
    path("tra-ve/<int:pk>/", return_page, name="return"),
    path("tra-ve/<int:pk>/bien-ban/", return_minutes, name="return_minutes"),
    path("kho-ve/", stock, name="stock"),
    path("phan-ve/", allocation, name="allocation"),
    path("phan-ve/lap/", allocation_make, name="allocation_make"),
    path("phan-ve/giao/", allocation_decide, name="allocation_decide"),
    path("suc-khoe/", agent_health, name="agent_health"),
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
