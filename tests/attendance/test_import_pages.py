"""A terminal's USB export goes through the pages: chosen, looked at, imported once."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from attendance.collecting import uploads
from attendance.models import (
    DirtyDay,
    ParkedRecord,
    PendingImport,
    Pull,
    Punch,
    RawBatch,
    Terminal,
    TerminalUser,
)
from backend.clock import now
from tests import make
from tests.pages import text

from .terminals import register
from .test_zk_importing import AGL, ATTLOG

IMPORT = "/cham-cong/nhap-tep/"


@pytest.fixture
def terminal(db):
    return register(4370, code="M1", name="Cổng chính", serial_number="CGXH201360123")


def upload(client, *files, follow=True):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(IMPORT, {"tep": sent}, follow=follow)


def figures(response):
    shown = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", text(response))
    return {name: int(value) for name, value in shown}


def everything():
    models = (Pull, Punch, ParkedRecord, RawBatch, TerminalUser, DirtyDay)
    return {model.__name__: model.objects.count() for model in models}


def test_a_preview_tells_what_the_import_then_does(page, terminal):
    make.employee("126")
    hr = page("hr")
    before = everything()
    content = ATTLOG + b"17\t2000-01-01 00:00:07\t1\t0\t1\t0\n" + b"17\t<b>\tx\n"
    preview = upload(hr, ("1_attlog.dat", content))
    assert figures(preview) == {
        "Dòng": 5,
        "Mới": 3,
        "Đã có": 0,
        "Sẽ cách ly": 2,
        "Mã đã biết": 1,
        "Mã chưa biết": 2,
    }
    shown = text(preview)
    assert "từ 07:28:08 03/11/2025 đến 17:01:33 03/11/2025" in shown
    assert "17, 3157" in shown
    assert "&lt;b&gt;" in shown
    assert "Cổng chính" in shown
    assert everything() == before
    assert PendingImport.objects.get().size == len(content)

    address = preview.redirect_chain[-1][0]
    done = hr.post(address, {"may": "M1"}, follow=True)
    assert "đã nhập 3 lượt mới của máy Cổng chính; 0 đã có, 2 cách ly." in text(done)
    assert everything() == {
        "Pull": 1,
        "Punch": 3,
        "ParkedRecord": 2,
        "RawBatch": 1,
        "TerminalUser": 2,
        "DirtyDay": 2,
    }
    assert Pull.objects.get(imported_by__username="hr").stored == 3
    assert not PendingImport.objects.exists()

    second = hr.post(address, {"may": "M1"}, follow=True)  # a double click
    assert "đã được nhập, đã bỏ" in text(second)
    assert Punch.objects.count() == 3


def test_the_same_file_again_says_that_all_is_known(page, terminal):
    hr = page("hr")
    for _ in range(2):
        preview = upload(hr, ("1_attlog.dat", ATTLOG))
        address = preview.redirect_chain[-1][0]
        hr.post(address, {"may": "M1"})
    assert figures(preview)["Đã có"] == 3
    assert "Mọi lượt chấm trong tệp đã có từ trước" in text(preview)
    assert Punch.objects.count() == 3


def test_what_the_browser_sends_with_the_confirmation_is_not_believed(page, terminal):
    hr = page("hr")
    address = upload(hr, ("1_attlog.dat", ATTLOG)).redirect_chain[-1][0]
    forged = SimpleUploadedFile("1_attlog.dat", ATTLOG.replace(b"126", b"999"))
    hr.post(address, {"may": "M1", "tep": forged, "data": "999\t2025-11-03 07:28:08\t1\t0\t1\t0"})
    assert set(Punch.objects.values_list("device_user_id", flat=True)) == {"126", "3157"}


def test_a_file_belongs_to_who_chose_it(page, person, terminal):
    address = upload(page("hr"), ("1_attlog.dat", ATTLOG)).redirect_chain[-1][0]
    other = page(person("hr", username="hr2"))
    assert "đã được nhập, đã bỏ" in text(other.get(address, follow=True))
    other.post(address, {"may": "M1"})
    other.post(f"{address}bo/")
    assert not Punch.objects.exists()
    assert PendingImport.objects.count() == 1


def test_a_file_waits_for_an_hour(page, terminal):
    hr = page("hr")
    address = upload(hr, ("1_attlog.dat", ATTLOG)).redirect_chain[-1][0]
    PendingImport.objects.update(at=now() - uploads.KEPT_FOR + timedelta(minutes=1))
    assert hr.get(address).status_code == 200
    PendingImport.objects.update(at=now() - uploads.KEPT_FOR)
    hr.post(address, {"may": "M1"})
    assert not Punch.objects.exists()
    hr.get(IMPORT)
    assert not PendingImport.objects.exists()


def test_a_file_can_be_thrown_away(page, terminal):
    hr = page("hr")
    address = upload(hr, ("1_attlog.dat", ATTLOG)).redirect_chain[-1][0]
    hr.post(f"{address}bo/")
    assert not PendingImport.objects.exists()


def test_several_files_wait_together_and_bad_ones_are_told(page, terminal):
    shown = text(
        upload(
            page("hr"),
            ("1_attlog.dat", ATTLOG),
            ("AGL_001.TXT", AGL),
            ("luong.pdf", b"%PDF-1.7\n" * 9),
            ("to.dat", bytes(uploads.MAX_UPLOAD_BYTES + 1)),
        )
    )
    assert "luong.pdf: Tệp này không phải tệp chấm công" in shown
    assert "to.dat: Tệp lớn hơn 16 MB" in shown
    assert shown.count("/bo/") == 2


def test_only_so_many_files_wait(page, terminal):
    hr = page("hr")
    for number in range(uploads.MAX_WAITING + 2):
        upload(hr, (f"{number}.dat", ATTLOG), follow=False)
    names = set(PendingImport.objects.values_list("name", flat=True))
    assert names == {f"{number}.dat" for number in range(2, uploads.MAX_WAITING + 2)}


def test_the_terminal_is_suggested_by_the_name_and_by_what_is_stored(page, terminal):
    register(4371, code="M2", name="Kho", serial_number="OTHER00001")
    hr = page("hr")
    preview = upload(hr, ("x.dat", ATTLOG))
    assert figures(preview) == {}  # two terminals, nothing tells which
    preview = upload(hr, ("CGXH201360123_attlog.dat", ATTLOG))
    assert "Hãy kiểm tra đúng máy" in text(preview)
    hr.post(preview.redirect_chain[-1][0], {"may": "M1"})

    preview = upload(hr, ("x.dat", ATTLOG))
    assert "2 trong 2 lượt lấy mẫu đã có ở máy này" in text(preview)
    wrong = hr.get(preview.redirect_chain[-1][0], {"may": "M2"})
    assert "2 trong 2 lượt lấy mẫu đã có ở máy Cổng chính" in text(wrong)
    assert figures(wrong)["Mới"] == 3


def test_a_terminal_without_serial_number_is_not_offered(page, db):
    register(4370, code="M1")
    preview = upload(page("hr"), ("1_attlog.dat", ATTLOG))
    assert "Chưa máy nào có số sê-ri" in text(preview)
    answer = page("executive").get(IMPORT)
    assert answer.status_code == 403
    assert Terminal.objects.get().serial_number == ""


def test_choosing_nothing_is_told(page, terminal):
    assert "Chưa chọn tệp nào" in text(page("hr").post(IMPORT, {}, follow=True))
