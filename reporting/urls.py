from django.urls import URLPattern, URLResolver, path

from reporting.pages import schedules
from reporting.pages.archive import (
    edition,
    edition_file,
    edition_resend,
    edition_seen,
    editions,
)
from reporting.pages.catalogue import report_catalogue, report_make
from reporting.pages.comparing import edition_compare
from reporting.pages.explorer import explorer
from reporting.pages.explorer_files import explorer_file
from reporting.pages.explorer_views import view_drop, view_keep
from reporting.pages.health import report_health
from reporting.pages.obligations import (
    obligation,
    obligation_figures,
    obligation_file,
    obligation_form,
    obligations,
    obligations_known,
)
from reporting.pages.retention import retention, retention_review

urlpatterns: list[URLPattern | URLResolver] = [
    path("", editions, name="editions"),
    path("danh-muc/", report_catalogue, name="report_catalogue"),
    path("danh-muc/<slug:code>/lap/", report_make, name="report_make"),
    path("kham-pha/", explorer, name="explorer"),
    path("kham-pha/tep.<str:kind>", explorer_file, name="explorer_file"),
    path("kham-pha/bang/luu/", view_keep, name="view_keep"),
    path("kham-pha/bang/<int:pk>/bo/", view_drop, name="view_drop"),
    path("luu-tru/", retention, name="retention"),
    path("luu-tru/ra-soat/", retention_review, name="retention_review"),
    path("tinh-trang/", report_health, name="report_health"),
    path("nghia-vu/", obligations, name="obligations"),
    path("nghia-vu/moi/", obligation_form, name="obligation_new"),
    path("nghia-vu/goi-y/", obligations_known, name="obligations_known"),
    path("nghia-vu/tep/<int:pk>/", obligation_file, name="obligation_file"),
    path("nghia-vu/<slug:code>/", obligation, name="obligation"),
    path("nghia-vu/<slug:code>/sua/", obligation_form, name="obligation_edit"),
    path("nghia-vu/<slug:code>/so-lieu/", obligation_figures, name="obligation_figures"),
    path("lich/", schedules.schedules, name="schedules"),
    path("lich/moi/", schedules.schedule_form, name="schedule_new"),
    path("lich/<slug:code>/", schedules.schedule, name="schedule"),
    path("lich/<slug:code>/sua/", schedules.schedule_form, name="schedule_edit"),
    path("lich/<slug:code>/bat-tat/", schedules.schedule_switch, name="schedule_switch"),
    path("lich/<slug:code>/gui-thu/", schedules.schedule_test, name="schedule_test"),
    path("lich/<slug:code>/chay-ky/", schedules.schedule_run, name="schedule_run"),
    path("lich/<slug:code>/nguoi-nhan/", schedules.recipients_add, name="recipients_add"),
    path(
        "lich/<slug:code>/nguoi-nhan/<int:pk>/bo/",
        schedules.recipient_drop,
        name="recipient_drop",
    ),
    path(
        "lich/<slug:code>/nguoi-nhan/<int:pk>/ngon-ngu/",
        schedules.recipient_language,
        name="recipient_language",
    ),
    path("<slug:code>/", edition, name="edition"),
    path("<slug:code>/so-sanh/", edition_compare, name="edition_compare"),
    path("<slug:code>/da-xem/", edition_seen, name="edition_seen"),
    path("<slug:code>/gui-lai/<int:pk>/", edition_resend, name="edition_resend"),
    path("<slug:code>/tep.<str:kind>", edition_file, name="edition_file"),
]
