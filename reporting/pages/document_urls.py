from django.urls import URLPattern, URLResolver, path

from reporting.pages import document_copies, document_issues, documents

urlpatterns: list[URLPattern | URLResolver] = [
    path("", documents.register, name="controlled_documents"),
    path("danh-muc.<str:kind>", documents.register_file, name="document_register_file"),
    path("moi/", documents.document_new, name="document_new"),
    path("<str:code>/", documents.document, name="controlled_document"),
    path("<str:code>/sua/", documents.document_edit, name="document_edit"),
    path("<str:code>/soat-xet/", documents.document_review, name="document_review"),
    path("<str:code>/phan-phoi/", document_copies.copies_add, name="document_copies_add"),
    path(
        "<str:code>/phan-phoi/<int:number>/bo/",
        document_copies.copy_end,
        name="document_copy_end",
    ),
    path(
        "<str:code>/phan-phoi/<int:number>/thu-hoi/",
        document_copies.paper_recall,
        name="document_paper_recall",
    ),
    path("<str:code>/lan-moi/", document_issues.issue_new, name="document_issue_new"),
    path("<str:code>/<int:number>/", document_issues.issue, name="document_issue"),
    path("<str:code>/<int:number>/sua/", document_issues.issue_edit, name="document_issue_edit"),
    path("<str:code>/<int:number>/buoc/", document_issues.issue_step, name="document_issue_step"),
    path("<str:code>/<int:number>/tep/", document_issues.issue_file, name="document_issue_file"),
    path("<str:code>/<int:number>/thu/", document_issues.issue_trial, name="document_issue_trial"),
    path("<str:code>/<int:number>/da-doc/", document_issues.issue_read, name="document_issue_read"),
]
