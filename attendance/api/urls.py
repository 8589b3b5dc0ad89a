from django.urls import URLPattern, URLResolver, path

from attendance.api.balances import LeaveBalances
from attendance.api.changes import TimesheetChanges
from attendance.api.exceptions import Exceptions
from attendance.api.people import EmployeeDetail, Employees
from attendance.api.requests import RequestDetail, Requests
from attendance.api.views import Punches, Timesheets

urlpatterns: list[URLPattern | URLResolver] = [
    path("employees/", Employees.as_view(), name="api-employees"),
    path("employees/<str:code>/", EmployeeDetail.as_view(), name="api-employee"),
    path("timesheets/", Timesheets.as_view(), name="api-timesheets"),
    path("timesheet-changes/", TimesheetChanges.as_view(), name="api-timesheet-changes"),
    path("requests/", Requests.as_view(), name="api-requests"),
    path("requests/<int:pk>/", RequestDetail.as_view(), name="api-request"),
    path("leave-balances/", LeaveBalances.as_view(), name="api-leave-balances"),
    path("exceptions/", Exceptions.as_view(), name="api-exceptions"),
    path("punches/", Punches.as_view(), name="api-punches"),
]
