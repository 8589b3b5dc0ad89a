"""/giao-ban/: briefings."""

from django.urls import URLPattern, URLResolver, path

from reporting.pages.briefing import agenda_file, briefing, briefing_act
from reporting.pages.briefing_papers import paper, paper_file, paper_send
from reporting.pages.briefings import briefings, series
from reporting.pages.meeting import conclusion, desk, minutes, minutes_version, roll
from reporting.pages.presenting import present, shown_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", briefings, name="briefings"),
    path("loat-hop/moi/", series, name="briefing_series_new"),
    path("loat-hop/<int:pk>/", series, name="briefing_series"),
    path("tep/<int:pk>/", agenda_file, name="agenda_file"),
    path("<int:pk>/", briefing, name="briefing"),
    path("<int:pk>/buoc/", briefing_act, name="briefing_act"),
    path("<int:pk>/hop/", desk, name="briefing_desk"),
    path("<int:pk>/diem-danh/", roll, name="briefing_roll"),
    path("<int:pk>/bien-ban/", minutes, name="briefing_minutes"),
    path("<int:pk>/bien-ban/<int:number>/", minutes_version, name="minutes_version"),
    path("<int:pk>/van-ban/<str:kind>/", paper, name="briefing_paper"),
    path("van-ban/<int:pk>/gui/", paper_send, name="paper_send"),
    path("van-ban/<int:pk>/tep.<str:kind>", paper_file, name="paper_file"),
    path("<int:pk>/trinh-chieu/", present, name="briefing_present"),
    path("<int:pk>/trang/", shown_page, name="briefing_page"),
    path("<int:pk>/ket-luan/", conclusion, name="briefing_conclusion"),
]
