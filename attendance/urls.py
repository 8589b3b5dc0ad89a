from django.urls import path

from attendance.pages.day import day_page
from attendance.pages.grid import month_form, month_grid

urlpatterns = [
    path("bang-cong/", month_grid, name="timesheets"),
    path("bang-cong/mau-01a/", month_form, name="timesheet_form"),
    path("ngay/<str:code>/<str:day>/", day_page, name="timesheet_day"),
]
