from django.urls import path

from attendance.pages.day import day_page
from attendance.pages.grid import month_form, month_grid
from attendance.pages.person import person_page
from attendance.pages.terminals import pull_now, terminals, unknown_users

urlpatterns = [
    path("bang-cong/", month_grid, name="timesheets"),
    path("bang-cong/mau-01a/", month_form, name="timesheet_form"),
    path("may/", terminals, name="terminals"),
    path("may/<str:code>/tai-ngay/", pull_now, name="pull_now"),
    path("ma-chua-biet/", unknown_users, name="unknown_users"),
    path("nguoi/<str:code>/", person_page, name="timesheet_person"),
    path("ngay/<str:code>/<str:day>/", day_page, name="timesheet_day"),
]
