"""Accounts: who logs in, with which role, for which part of the company."""

from axes.models import AccessAttempt
from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from knox.models import AuthToken

from backend.accounts.models import User
from backend.accounts.permissions import may

admin.site.unregister(Group)  # roles are in backend.accounts.permissions, not in the database


class NewAccountForm(UserCreationForm):  # type: ignore[type-arg]
    class Meta(UserCreationForm.Meta):
        model = User
        fields = (
            "username",
            "full_name",
            "email",
            "role",
            "region",
            "territory",
            "employee",
            "departments",
        )


class NewPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """A new password ends what was opened by the old one: sessions by themselves, tokens here."""

    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            AuthToken.objects.filter(user=self.user).delete()
            user: User = super().save(commit)
        return user


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts are closed (is_active), never deleted: their name stands in the record of changes."""

    list_display = (
        "username",
        "full_name",
        "role",
        "region",
        "territory",
        "is_active",
        "last_login",
    )
    list_filter = ("role", "is_active")
    list_select_related = ("region",)
    search_fields = ("username", "full_name", "email")
    ordering = ("username",)
    filter_horizontal = ("departments",)
    autocomplete_fields = ("region", "territory", "employee")
    add_form = NewAccountForm
    change_password_form = NewPasswordForm
    add_form_template = None
    show_facets = admin.ShowFacets.NEVER
    readonly_fields = ("last_login", "date_joined")
    actions = ("unlock",)
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (
            _lazy("Người dùng"),
            {
                "fields": (
                    "full_name",
                    "email",
                    "role",
                    "region",
                    "territory",
                    "employee",
                    "departments",
                )
            },
        ),
        (_lazy("Thời điểm"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username", "full_name", "email", "role", "region", "territory", "employee", "departments",
                    "password1", "password2",
                )
            },
        ),
    )  # fmt: skip

    @admin.action(description=_lazy("Mở khoá đăng nhập"))
    def unlock(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        """Forget the wrong passwords of these accounts, so that their people may try again.

        And those of the addresses they came from: one that tried many names is locked as a whole.
        """
        for account in accounts:
            tried = AccessAttempt.objects.filter(username=account.username)
            for address in set(tried.values_list("ip_address", flat=True)):
                reset(ip=address)
            reset(username=account.username)
            self.log_change(request, account, _("Mở khoá đăng nhập"))
        self.message_user(request, _("Đã mở khoá đăng nhập."), messages.SUCCESS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "accounts.manage")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, "accounts.manage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "accounts.manage")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, "accounts.manage")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
