"""Examples of requests in the documentation, by operation; a test holds them against the shapes."""

from typing import Any, Final

_REASON: Final = {"reason": "Ghi nhầm đại lý"}
_TICKET: Final = {"number": "10776", "symbol": "3KX", "draw_date": "2026-11-24"}
_PAYMENT: Final = {
    "agent": "QN001", "date": "2026-11-25", "amount": 5_000_000, "into": "bank",
    "reference": "UNC-1207",
}  # fmt: skip
#: By operation id, the body to send.
REQUESTS: Final[dict[str, Any]] = {
    "adjustments_create": {
        "lines": [
            {
                "agent": "QN001", "date": "2026-11-25", "amount": -200_000,
                "reference": "QĐ-31", "reason": "Giảm nợ theo quyết định 31",
            },
        ]
    },
    "adjustments_reversal_create": _REASON,
    "agent_contacts_create": {
        "agent": "QN001", "name": "Trần Thị Hoa", "phone": "0912000111", "is_first": True,
    },
    "agent_contracts_create": {
        "agent": "QN001", "number": "HĐ 12/2026", "valid_from": "2026-12-01",
        "settlement_days": 3, "rates": [{"product": "TT10", "commission_bps": 1_200}],
    },
    "agent_contracts_partial_update": {"valid_to": "2027-11-30"},
    "agent_documents_create": {
        "agent": "QN001", "kind": "licence", "number": "22A8001234", "title": "Đăng ký kinh doanh",
        "issued_date": "2024-05-02",
    },
    "agent_notes_create": {
        "agent": "QN001", "kind": "visit", "date": "2026-11-24", "text": "Đủ vé, biển hiệu mới",
    },
    "agents_create": {
        "code": "QN001", "name": "Đại lý Hồng Gai", "kind": "person", "region": "06685",
        "opened_date": "2026-12-01", "commission_bps": 1_200,
    },
    "agents_partial_update": {"address": "12 Bạch Đằng"},
    "agents_status_changes_create": {
        "status": "suspended", "effective_date": "2026-12-01", "reason": "Nợ quá hạn trên 30 ngày",
    },
    "bank_lines_booking_create": {"lines": [{"line": 12, "agent": "QN001"}]},
    "bank_lines_reversal_create": _REASON,
    "bank_lines_setting_aside_create": {"reason": "Phí ngân hàng"},
    "campaigns_cancellation_create": {"reason": "Nhập nhầm ngày"},
    "campaigns_create": {
        "name": "Biển mới ở chợ", "purpose": "Thêm người mua ở chợ Hạ Long", "starts": "2026-12-01",
        "ends": "2026-12-31", "cost_amount": 12_000_000, "agents": ["QN001", "QN002"],
    },
    "census_create": {
        "as_of": "2026-06-30", "source": "Niên giám thống kê 2025",
        "lines": [{"region": "06685", "inhabitants": 28_400}],
    },
    "claims_create": _TICKET,
    "claims_payment_create": {"agent": "QN001", "fee_bps": 20, "reference": "UQ-1"},
    "claims_payment_reversal_create": _REASON,
    "claims_withdrawal_create": {"reason": "Gõ nhầm ký hiệu"},
    "collaterals_create": {
        "agent": "QN001", "kind": "guarantee", "value_amount": 300_000_000, "counted_bps": 8_000,
        "document": "BL 45/2026", "issuer": "BIDV Quảng Ninh", "valid_from": "2026-12-01",
        "valid_to": "2027-11-30",
    },
    "credit_exceptions_create": {
        "agent": "QN001", "limit_amount": 400_000_000, "valid_from": "2026-12-01",
        "valid_to": "2026-12-31", "reason": "Tăng vé dịp cuối năm",
    },
    "deposits_create": {
        "lines": [{"agent": "QN001", "date": "2026-11-25", "amount": 50_000_000, "into": "bank",
                   "reference": "KQ-8"}]
    },
    "deposits_reversal_create": _REASON,
    "draws_advice_create": {"product": "TT10"},
    "draws_advice_decide_create": {
        "product": "TT10", "agents": [{"agent": "QN001"}, {"agent": "QN002", "tickets": 300}],
        "reason": "Hội chợ",
    },
    "draws_publish_create": {"minutes_no": "BB-321/2026"},
    "draws_results_create": {
        "numbers": [
            "29183", "55349", "90172", "48065", "13390", "77214", "60943", "31528", "05876", "82461",
            "7719", "3054", "9912", "4408", "6127", "0935", "5581", "2276", "8840", "1693",
            "417", "092", "735", "29", "84", "06", "13",
        ],
        "winning_symbols": ["2KX", "5KX"], "series_count": 20,
    },
    "dunning_notices_create": {
        "agents": ["QN001"], "channel": "phone", "promised_date": "2026-12-05",
    },
    "imports_partial_update": {
        "mapping": {"agent": 0, "issued": 2}, "draw_date": "2026-11-24", "product": "TT10",
    },
    "imports_undo_create": {"reason": "Gửi nhầm kỳ"},
    "issue_plans_create": {
        "lines": [
            {
                "draw_date": "2026-12-01", "product": "TT10", "tickets": 120_000,
                "receive_date": "2026-11-28", "document": "KH 45/KH-XS",
            },
        ]
    },
    "journal_create": {"lines": [{"event": "payment", **_PAYMENT}]},
    "journal_reversal_create": _REASON,
    "payments_create": {"lines": [_PAYMENT]},
    "payments_reversal_create": _REASON,
    "plans_create": {
        "year": 2027,
        "lines": [
            {"month": 1, "product": "TT10", "tickets": 700_000},
            {"month": 1, "product": "TT10", "agent": "QN001", "tickets": 3_000},
        ],
    },
    "plans_decision_create": {"state": "submitted"},
    "points_of_sale_create": {
        "agent": "QN001", "code": "QN001-1", "name": "Quầy chợ Hạ Long", "region": "06685",
        "address": "Chợ Hạ Long 1", "latitude": 20.951, "longitude": 107.081,
        "opened_date": "2026-12-01",
    },
    "reconciliations_create": {"agent": "QN001", "first": "2026-11-01", "last": "2026-11-30"},
    "reconciliations_steps_create": {
        "kind": "agent", "signer": "Nguyễn Văn An", "signed_date": "2026-12-02",
    },
    "returns_confirmation_create": {"minutes_no": "BB 12"},
    "returns_count_create": {
        "tickets": {"TT10": 28}, "serials": {"TT10": ["8KX 00472-00499"]},
    },
    "returns_create": {"agent": "QN001", "draw_date": "2026-11-24", "tickets": {"TT10": 30}},
    "returns_reversal_create": {"reason": "Đếm nhầm bó của đại lý khác"},
    "returns_steps_create": {"state": "received", "sheets": [41, 42]},
    "sales_bulk_create": {
        "lines": [
            {"draw_date": "2026-11-24", "agent": "QN001", "product": "TT10", "issued": 500},
            {"draw_date": "2026-11-24", "agent": "QN002", "product": "TT10", "returned": 25},
        ]
    },
    "sales_create": {
        "draw_date": "2026-11-24", "agent": "QN001", "product": "TT10", "returned": 3,
        "corrects": 1_024, "reason": "Đếm lại vé trả",
    },
    "sales_periods_reopen_create": {"reason": "Bổ sung biên bản vé trả ngày 28"},
    "settlement_runs_create": {"month": "2026-11"},
    "territories_create": {"code": "DONG", "name": "Vùng Đông", "manager": "NV007"},
    "territories_moves_create": {"first": "2027-01-01", "add": ["06712", "06709"]},
    "territories_partial_update": {"manager": "NV008"},
    "tickets_check_create": _TICKET,
    "tickets_moves_create": {
        "lines": [
            {
                "draw_date": "2026-11-24", "product": "TT10", "series": "8KX", "first": 0,
                "last": 499, "source": "warehouse", "target": "agent:QN001",
            },
        ]
    },
    "tickets_moves_undo_create": {"reason": "Xuất nhầm đại lý"},
}  # fmt: skip


def attach(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Show them with their operations (a hook of drf-spectacular)."""
    for operations in result["paths"].values():
        for operation in operations.values():
            example = REQUESTS.get(operation.get("operationId", ""))
            content = operation.get("requestBody", {}).get("content", {})
            if example is not None and "application/json" in content:
                content["application/json"]["example"] = example
    return result
