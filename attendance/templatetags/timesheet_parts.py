"""Minutes of the timesheet as people read them."""

from django import template

from attendance.timesheet.symbols import clock_time

register = template.Library()
register.filter(clock_time)
