from django.urls import path

from attendance.pages.absences import leave_page, leave_revoke, overtime_page, overtime_withdraw
from attendance.pages.annual_leave import (
    annual_leave,
    annual_leave_person,
    leave_grant_withdraw,
    leave_terms_withdraw,
)
from attendance.pages.calendar import calendar
from attendance.pages.calendar_day import calendar_confirm, calendar_day
from attendance.pages.calendar_draft import calendar_draft
from attendance.pages.care_hours import care_hours, care_hours_end
from attendance.pages.carry_over import leave_carry_over
from attendance.pages.closing import (
    closing,
    confirm_departments,
    lock_month,
    remind_departments,
    reopen_month,
)
from attendance.pages.day import day_page
from attendance.pages.deputies import deputies, deputy_end
from attendance.pages.doctor import checkup_page, doctor, examine_terminal
from attendance.pages.documents import documents, export_cancel, export_file
from attendance.pages.exception_deciding import assign_exceptions, decide_exceptions
from attendance.pages.exception_decisions import exception_decisions, reopen_exception
from attendance.pages.exceptions import exceptions
from attendance.pages.form_templates import (
    choose_form_template,
    form_template_example,
    form_template_file,
    form_template_trial,
    form_templates,
)
from attendance.pages.forms import month_form, month_form_pdf, overtime_form, overtime_form_pdf
from attendance.pages.grid import month_grid
from attendance.pages.importing import import_discard, import_files, import_preview
from attendance.pages.manual import (
    manual_punch_attachment,
    manual_punch_new,
    manual_punch_withdraw,
    manual_punches,
)
from attendance.pages.mapped import mapped_days
from attendance.pages.mine import my_day, my_month
from attendance.pages.own_rest import own_rest, own_rest_end
from attendance.pages.parked import correct_clock, dismiss_parked, parked_records
from attendance.pages.patterns import patterns
from attendance.pages.people import change_terminal_people, consents, terminal_people
from attendance.pages.person import person_page
from attendance.pages.presence import presence_page
from attendance.pages.push import (
    push_approve,
    push_ignore,
    push_order,
    push_settings,
    push_terminal,
    push_terminals,
)
from attendance.pages.requests import (
    request_attachment,
    request_decide,
    request_new,
    request_page,
    request_withdraw,
    requests_approve,
    requests_inbox,
)
from attendance.pages.roster import roster, roster_copy_week, roster_edit
from attendance.pages.rules import working_rules
from attendance.pages.swaps import swap_withdraw, swaps
from attendance.pages.team import team_page
from attendance.pages.template_copy import template_copy
from attendance.pages.terminal import (
    check_log,
    clear_terminal_log,
    clock_policy,
    set_clock,
    terminal_page,
)
from attendance.pages.terminals import pull_now, terminals
from attendance.pages.totals import totals
from attendance.pages.transfers import transfers
from attendance.pages.unknown_users import (
    end_enrolment,
    enrol_suggested,
    enrol_user,
    find_employees,
    set_user_aside,
    unknown_users,
    withdraw_enrolment,
)

urlpatterns = [
    path("bang-cong/", month_grid, name="timesheets"),
    path("tong-hop/", totals, name="attendance_totals"),
    path("bang-cong/mau-01a/", month_form, name="timesheet_form"),
    path("bang-cong/mau-01a/pdf/", month_form_pdf, name="timesheet_form_pdf"),
    path("bang-cong/mau-01b/", overtime_form, name="overtime_form"),
    path("bang-cong/mau-01b/pdf/", overtime_form_pdf, name="overtime_form_pdf"),
    path("bieu-mau/", form_templates, name="form_templates"),
    path("bieu-mau/dung/", choose_form_template, name="choose_form_template"),
    path("bieu-mau/<str:kind>/vi-du/", form_template_example, name="form_template_example"),
    path("bieu-mau/<int:pk>/tep/", form_template_file, name="form_template_file"),
    path("bieu-mau/<int:pk>/thu/", form_template_trial, name="form_template_trial"),
    path("quy-tac/", working_rules, name="working_rules"),
    path("lich/", calendar, name="calendar"),
    path("lich/ngay/<str:day>/", calendar_day, name="calendar_day"),
    path("lich/xac-nhan/", calendar_confirm, name="calendar_confirm"),
    path("lich/nhap/", calendar_draft, name="calendar_draft"),
    path("phan-ca/", roster, name="roster"),
    path("phan-ca/mau/", patterns, name="roster_patterns"),
    path("phan-ca/sua/", roster_edit, name="roster_edit"),
    path("phan-ca/chep-tuan/", roster_copy_week, name="roster_copy_week"),
    path("phan-ca/nghi-tuan/", own_rest, name="own_rest"),
    path("phan-ca/nghi-tuan/<int:pk>/thoi/", own_rest_end, name="own_rest_end"),
    path("gio-che-do/", care_hours, name="care_hours"),
    path("gio-che-do/<int:pk>/thoi/", care_hours_end, name="care_hours_end"),
    path("bo-phan/", team_page, name="team"),
    path("doi-ca/", swaps, name="swaps"),
    path("doi-ca/<int:pk>/thu-hoi/", swap_withdraw, name="swap_withdraw"),
    path("co-mat/", presence_page, name="presence"),
    path("may/", terminals, name="terminals"),
    path("may/<str:code>/", terminal_page, name="terminal"),
    path("may/<str:code>/tai-ngay/", pull_now, name="pull_now"),
    path("may/<str:code>/chinh-gio/", set_clock, name="set_clock"),
    path("may/<str:code>/tu-chinh-gio/", clock_policy, name="clock_policy"),
    path("may/<str:code>/doi-chieu/", check_log, name="check_log"),
    path("may/<str:code>/xoa-nhat-ky/", clear_terminal_log, name="clear_terminal_log"),
    path("may/<str:code>/kham/", examine_terminal, name="examine_terminal"),
    path("kham-ket-noi/", doctor, name="doctor"),
    path("kham-ket-noi/<int:pk>/", checkup_page, name="checkup"),
    path("may/<str:code>/nguoi-dung/", terminal_people, name="terminal_people"),
    path("may/<str:code>/nguoi-dung/sua/", change_terminal_people, name="change_terminal_people"),
    path("may/<str:code>/chep-van-tay/", template_copy, name="template_copy"),
    path("dong-y/", consents, name="consents"),
    path("ma-chua-biet/", unknown_users, name="unknown_users"),
    path("ma-chua-biet/gan/", enrol_user, name="enrol_user"),
    path("ma-chua-biet/gan-goi-y/", enrol_suggested, name="enrol_suggested"),
    path("ma-chua-biet/ket-thuc/", end_enrolment, name="end_enrolment"),
    path("ma-chua-biet/go/", withdraw_enrolment, name="withdraw_enrolment"),
    path("ma-chua-biet/de-rieng/", set_user_aside, name="set_user_aside"),
    path("ma-chua-biet/nhan-vien/", find_employees, name="find_employees"),
    path("ma-chua-biet/da-gan/", mapped_days, name="mapped_days"),
    path("nguoi/<str:code>/", person_page, name="timesheet_person"),
    path("nguoi/<str:code>/dieu-chuyen/", transfers, name="transfers"),
    path("ngay/<str:code>/<str:day>/", day_page, name="timesheet_day"),
    path("cham-tay/", manual_punches, name="manual_punches"),
    path("cham-tay/them/", manual_punch_new, name="manual_punch_new"),
    path("cham-tay/<int:pk>/thu-hoi/", manual_punch_withdraw, name="manual_punch_withdraw"),
    path("cham-tay/<int:pk>/dinh-kem/", manual_punch_attachment, name="manual_punch_attachment"),
    path("chot-cong/", closing, name="closing"),
    path("chot-cong/khoa/", lock_month, name="lock_month"),
    path("chot-cong/mo-lai/", reopen_month, name="reopen_month"),
    path("chot-cong/nhac/", remind_departments, name="remind_departments"),
    path("chot-cong/xac-nhan/", confirm_departments, name="confirm_departments"),
    path("tai-lieu/", documents, name="documents"),
    path("tai-lieu/<uuid:key>/tep/", export_file, name="export_file"),
    path("tai-lieu/<uuid:key>/huy/", export_cancel, name="export_cancel"),
    path("ngoai-le/", exceptions, name="exceptions"),
    path("ngoai-le/quyet/", decide_exceptions, name="decide_exceptions"),
    path("ngoai-le/giao/", assign_exceptions, name="assign_exceptions"),
    path("ngoai-le/da-quyet/", exception_decisions, name="exception_decisions"),
    path("ngoai-le/da-quyet/<int:pk>/mo-lai/", reopen_exception, name="reopen_exception"),
    path("cua-toi/", my_month, name="my_month"),
    path("cua-toi/ngay/<str:day>/", my_day, name="my_day"),
    path("cua-toi/don-moi/", request_new, name="request_new"),
    path("uy-quyen/", deputies, name="deputies"),
    path("uy-quyen/<int:pk>/thoi/", deputy_end, name="deputy_end"),
    path("nghi-phep/", leave_page, name="leave"),
    path("nghi-phep/<int:pk>/thu-hoi/", leave_revoke, name="leave_revoke"),
    path("phep-nam/", annual_leave, name="annual_leave"),
    path("phep-nam/chuyen-nam/", leave_carry_over, name="leave_carry_over"),
    path("phep-nam/nguoi/<str:code>/", annual_leave_person, name="annual_leave_person"),
    path("phep-nam/muc/<int:pk>/thu-hoi/", leave_terms_withdraw, name="leave_terms_withdraw"),
    path("phep-nam/cap/<int:pk>/thu-hoi/", leave_grant_withdraw, name="leave_grant_withdraw"),
    path("lam-them/", overtime_page, name="overtime"),
    path("lam-them/<int:pk>/thu-hoi/", overtime_withdraw, name="overtime_withdraw"),
    path("don/", requests_inbox, name="requests"),
    path("don/duyet/", requests_approve, name="requests_approve"),
    path("don/<int:pk>/", request_page, name="request"),
    path("don/<int:pk>/quyet-dinh/", request_decide, name="request_decide"),
    path("don/<int:pk>/rut/", request_withdraw, name="request_withdraw"),
    path("don/<int:pk>/dinh-kem/", request_attachment, name="request_attachment"),
    path("ban-ghi-cach-ly/", parked_records, name="parked_records"),
    path("ban-ghi-cach-ly/bo-qua/", dismiss_parked, name="dismiss_parked"),
    path("ban-ghi-cach-ly/<int:pk>/sua-gio/", correct_clock, name="correct_clock"),
    path("nhap-tep/", import_files, name="import_files"),
    path("nhap-tep/<uuid:key>/", import_preview, name="import_preview"),
    path("nhap-tep/<uuid:key>/bo/", import_discard, name="import_discard"),
    path("may-day/", push_terminals, name="push_terminals"),
    path("may-day/cho/<str:code>/duyet/", push_approve, name="push_approve"),
    path("may-day/cho/<str:code>/bo-qua/", push_ignore, name="push_ignore"),
    path("may-day/<str:code>/", push_terminal, name="push_terminal"),
    path("may-day/<str:code>/sua/", push_settings, name="push_settings"),
    path("may-day/<str:code>/lenh/", push_order, name="push_order"),
]
