from django.urls import URLPattern, URLResolver, path

from reporting.api.briefings import Briefings, OneBriefing, OneTask, Tasks, TaskSteps
from reporting.api.documents import DocumentFile, DocumentIssues, Documents, OneDocument
from reporting.api.editions import Editions, OneEdition
from reporting.api.obligations import Obligations
from reporting.api.saved_views import OneSavedView, SavedViews
from reporting.api.schedules import EditionDeliveries, ReportSchedules

urlpatterns: list[URLPattern | URLResolver] = [
    path("editions/", Editions.as_view(), name="api-editions"),
    path("editions/<slug:code>/", OneEdition.as_view(), name="api-edition"),
    path(
        "editions/<slug:code>/deliveries/",
        EditionDeliveries.as_view(),
        name="api-edition-deliveries",
    ),
    path("report-schedules/", ReportSchedules.as_view(), name="api-report-schedules"),
    path("saved-views/", SavedViews.as_view(), name="api-saved-views"),
    path("saved-views/<int:pk>/", OneSavedView.as_view(), name="api-saved-view"),
    path("obligations/", Obligations.as_view(), name="api-obligations"),
    path("briefings/", Briefings.as_view(), name="api-briefings"),
    path("briefings/<int:pk>/", OneBriefing.as_view(), name="api-briefing"),
    path("documents/", Documents.as_view(), name="api-documents"),
    path("documents/<str:code>/", OneDocument.as_view(), name="api-document"),
    path("documents/<str:code>/issues/", DocumentIssues.as_view(), name="api-document-issues"),
    path(
        "documents/<str:code>/issues/<int:number>/file/",
        DocumentFile.as_view(),
        name="api-document-file",
    ),
    path("tasks/", Tasks.as_view(), name="api-tasks"),
    path("tasks/<int:pk>/", OneTask.as_view(), name="api-task"),
    path("tasks/<int:pk>/steps/", TaskSteps.as_view(), name="api-task-steps"),
]
