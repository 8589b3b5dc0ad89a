"""What tests of import files stand on: files, and the steps by API."""

import unicodedata
from datetime import date
from io import BytesIO

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from sales.models import AgentDrawTotal

HEADS = ["Kỳ vé", "Mã đại lý", "Loại vé", "Vé giao"]


def workbook(*rows, heads=HEADS):
    book = openpyxl.Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    sink = BytesIO()
    book.save(sink)
    return sink.getvalue()


def csv_of(*rows, heads=HEADS):
    return "\n".join(";".join(map(str, row)) for row in (heads, *rows)).encode("utf-8-sig")


def upload(client, data, kind="issues", name="giao.xlsx", **fields):
    body = {"file": SimpleUploadedFile(name, data), "kind": kind, "sender": "Móng Cái"} | fields
    return client.post("/api/v1/imports/", body, format="multipart")


def post(client, key, what, **body):
    return client.post(f"/api/v1/imports/{key}/{what}/", body)


def issued():
    return dict(AgentDrawTotal.objects.values_list("agent__code", "issued").order_by("agent__code"))


ROWS = [
    [date(2026, 11, 17), "AN", "TT10", 120],
    ["17/11/2026", "BINH", "TT10", "1.200"],
    ["2026-11-17", unicodedata.normalize("NFD", "CHI"), "TT10", 7.0],
]
