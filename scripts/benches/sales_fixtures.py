"""A company to measure sales in: 54 units, as many agents and draws as asked for."""

from dataclasses import dataclass
from datetime import date, timedelta

from knox.models import AuthToken
from rest_framework.test import APIClient

from backend.accounts.models import Role, User
from backend.org.models import Region, RegionLevel
from sales.models import Agent, AgentKind, Draw, DrawStatus, Product

LAST = date(2026, 11, 22)
UNITS = 54


@dataclass
class Company:
    user: User
    agents: list[Agent]
    products: list[Product]
    draws: list[Draw]


def company(*, agents: int, products: int, draws: int) -> Company:
    province = Region.objects.create(
        code="22", name="Quảng Ninh", level=RegionLevel.PROVINCE, valid_from=date(2020, 1, 1)
    )
    units = [
        Region.objects.create(
            code=f"{6_000 + n}",
            name=f"Đơn vị {n}",
            level=RegionLevel.WARD,
            parent=province,
            valid_from=date(2020, 1, 1),
        )
        for n in range(UNITS)
    ]
    return Company(
        user=User.objects.create_user("bench", "bench@example.vn", role=Role.SALES_MANAGER),
        agents=Agent.objects.bulk_create(
            Agent(
                code=f"QN{n:04}",
                name=f"Đại lý {n}",
                search=f"dai ly {n}",
                kind=AgentKind.PERSON,
                region=units[n % UNITS],
                opened_date=date(2020, 1, 1),
                commission_bps=1_200,
            )
            for n in range(agents)
        ),
        products=Product.objects.bulk_create(
            Product(
                code=f"P{n}",
                name=f"Loại vé {n}",
                face_value_amount=10_000,
                valid_from=date(2020, 1, 1),
            )
            for n in range(products)
        ),
        draws=Draw.objects.bulk_create(
            Draw(date=LAST - timedelta(days=n), host="Quảng Ninh", status=DrawStatus.HELD)
            for n in range(draws)
        ),
    )


def client(user: User) -> APIClient:
    """A client with a token: a request passes the whole of the program but the network."""
    _, token = AuthToken.objects.create(user)
    connected = APIClient()
    connected.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return connected
