"""A sales manager's day with the typed client: hand in, correct, check, statement, export.

python sales_day.py https://giaoban.example.vn/api/v1 luong 2026-11-17 < password
"""

import sys
from datetime import date
from pathlib import Path

from giaoban import GiaoBan, GiaoBanProblem, LineShape


def hand_in(api: GiaoBan, lines: list[LineShape], key: str) -> list[LineShape]:
    """Record the lines that can be; answers those.

    Without `partial` it would be all lines of a call or none: an agent past its limit of debt would
    keep back those of all others. Each refused line is told with its reason, for its agent to pay or
    the executives to make an exception.
    """
    told = api.sales_bulk_create({"lines": lines}, partial=True, idempotency_key=key)
    for result in told["results"]:
        for fault in result["errors"]:
            print(f"refused, {lines[result['row'] - 1]['agent']}: {fault['message']}")
    if done := told["recorded"]:
        print(f"recorded {done['sold']} tickets sold, {done['revenue_amount']:,} đồng")
    return [lines[each["row"] - 1] for each in told["results"] if each["status"] == "recorded"]


def main(address: str, username: str, password: str, day: str) -> None:
    api = GiaoBan.login(address, username, password)
    agents = [agent["code"] for agent in api.every(api.agents_list(status="active"))]
    product = api.products_list()["results"][0]["code"]

    # %% Hand in, under a key of our own, so that sending twice does no harm.
    lines: list[LineShape] = [
        {"draw_date": day, "agent": code, "product": product, "issued": 100, "returned": 7}
        for code in agents
    ]
    recorded = hand_in(api, lines, f"sales-{day}")
    if not recorded:
        return
    agent = recorded[0]["agent"]

    # %% Correct: the first of them gave back three more. A correction names what it corrects, and why.
    entry = api.sales_list(agent=agent, date_from=day, date_to=day)["results"][0]
    api.sales_create(
        {
            "draw_date": day,
            "agent": agent,
            "product": product,
            "returned": 3,
            "corrects": entry["id"],
            "reason": "Đếm lại vé trả",
        }
    )

    # %% Check: the day's best agents against last week's same draw, and who owes too much.
    told = api.summary(date_from=day, date_to=day, by="agent", order="sold", compare=True)
    for row in told["rows"][:5]:
        print(f"{row['agent']}: {row['sold']} sold, {row['unsold_bps']} bps unsold")
    try:
        api.draws_close_create(day)
    except GiaoBanProblem as problem:
        print(f"not closed: {problem.detail}")

    # %% Statement of that agent for the month.
    month = date.fromisoformat(day).replace(day=1).isoformat()
    statement = api.agents_statement_retrieve(agent, date_from=month, date_to=day)
    print(f"{agent} owes {statement['closing_amount']:,} đồng")

    # %% Export: the same figures as a table for the spreadsheet.
    query = {"date_from": month, "date_to": day, "by": "agent,product"}
    table = api.call("GET", "/summary/", query=query, headers={"Accept": "text/csv"})
    Path(f"sales-{day}.csv").write_bytes(table)
    print(f"wrote sales-{day}.csv")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.stdin.readline().strip(), sys.argv[3])
