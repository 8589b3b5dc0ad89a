"""A small province: two wards, three agents, two products, a week of draws."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client
from rest_framework.test import APIClient

from backend import public_settings
from backend.org.models import Region
from sales.models import Agent, AgentDrawTotal, ConsignmentEntry, RegionDayTotal
from tests import make

MONDAY = date(2026, 11, 16)


@dataclass
class Company:
    province: Region
    hong_gai: Region
    mong_cai: Region
    an: Agent
    binh: Agent
    chi: Agent


@pytest.fixture
def company(db: None) -> Company:
    """An and Bình sell in Hồng Gai, Chi in Móng Cái; draws from 16 to 22 November 2026."""
    province = make.region("22", name="Quảng Ninh")
    hong_gai = make.region("06685", parent=province, name="Hồng Gai")
    mong_cai = make.region("06712", parent=province, name="Móng Cái 1")
    make.product("TT10")
    make.product("LT5", name="Lô tô", face_value_amount=5_000)
    for offset in range(7):
        make.draw(MONDAY + timedelta(days=offset))
    return Company(
        province=province,
        hong_gai=hong_gai,
        mong_cai=mong_cai,
        an=make.agent("AN", hong_gai),
        binh=make.agent("BINH", hong_gai),
        chi=make.agent("CHI", mong_cai),
    )


@pytest.fixture
def public(db: None, settings: Any) -> Client:
    """A stranger's browser at the public site, with the settings of its process but its database."""
    for name in ("ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "CACHES", "PUBLIC_SITE_URL"):
        setattr(settings, name, getattr(public_settings, name))
    caches["default"].clear()
    return Client()


def line(agent: str = "AN", day: str = "2026-11-17", **fields: Any) -> dict[str, Any]:
    return {"draw_date": day, "agent": agent, "product": "TT10", **fields}


@pytest.fixture
def manager(api: Callable[..., APIClient]) -> APIClient:
    """A sales manager of the whole company."""
    return api("sales_manager")


def bulk(client: APIClient, lines: list[Any], *, key: str | None = None, **headers: str) -> Any:
    return client.post(
        "/api/v1/sales/bulk/",
        {"lines": lines},
        headers={"Idempotency-Key": key or str(uuid4())} | headers,
    )


def stored() -> tuple[int, int, int]:
    """How many rows the ledger and the two rollups hold."""
    return (
        ConsignmentEntry.objects.count(),
        AgentDrawTotal.objects.count(),
        RegionDayTotal.objects.count(),
    )
