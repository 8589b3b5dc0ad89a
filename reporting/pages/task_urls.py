"""/nhiem-vu/: tasks."""

from django.urls import URLPattern, URLResolver, path

from reporting.pages.tasks import task, task_file, tasks, unit_tasks

urlpatterns: list[URLPattern | URLResolver] = [
    path("", tasks, name="tasks"),
    path("<int:pk>/", task, name="task"),
    path("tep/<int:pk>/", task_file, name="task_file"),
    path("don-vi/<str:key>/", unit_tasks, name="unit_tasks"),
]
