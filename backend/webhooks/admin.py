"""Receivers in Django's admin, each with the log of its last calls."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.adminsite import CapabilityAdmin
from backend.webhooks.models import Attempt, EventKind, Subscription
from backend.webhooks.publishing import give_secret, ping, send_again

#: So many calls are shown with a receiver.
SHOWN = 50


class SubscriptionForm(forms.ModelForm):  # type: ignore[type-arg]
    kinds = forms.MultipleChoiceField(
        label=_("sự kiện"),
        choices=[choice for choice in EventKind.choices if choice[0] != EventKind.PING],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Subscription
        fields = ("name", "url", "kinds", "enabled")


@admin.register(Subscription)
class SubscriptionAdmin(CapabilityAdmin):
    """For whoever manages accounts: what leaves the house is theirs to allow."""

    capability = "accounts.manage"
    form = SubscriptionForm
    list_display = ("name", "url", "enabled")
    ordering = ("name",)
    readonly_fields = ("log",)
    actions = ("send_test", "send_failed_again", "renew_secret")

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:
        secret = "" if change else give_secret(obj)
        super().save_model(request, obj, form, change)
        if secret:
            self._show(request, obj, secret)

    def _show(self, request: HttpRequest, obj: Subscription, secret: str) -> None:
        told = _("Khóa ký của {name}, chỉ hiện một lần: {secret}")
        messages.warning(request, told.format(name=obj.name, secret=secret))

    @admin.display(description=_("nhật ký gửi"))
    def log(self, obj: Subscription) -> SafeString | str:
        calls = (
            Attempt.objects.filter(delivery__subscription=obj)
            .select_related("delivery__event")
            .order_by("-pk")[:SHOWN]
        )
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (
                    timezone.localtime(call.at, clock.VN).strftime("%H:%M:%S %d/%m/%Y"),
                    call.delivery.event.get_kind_display(),
                    call.delivery.get_state_display(),
                    call.number,
                    call.status or "–",
                    call.answer,
                )
                for call in calls
            ),
        )
        if not rows:
            return "–"
        heads = (_("lúc"), _("sự kiện"), _("trạng thái"), _("lần thử"), "HTTP", _("trả lời"))
        top = format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads))
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", top, rows)

    @admin.action(description=_("Gửi thử"))
    def send_test(self, request: HttpRequest, chosen: QuerySet[Subscription]) -> None:
        for subscription in chosen:
            ping(subscription, at=clock.now())
        messages.success(request, _("Đã xếp hàng gửi thử; kết quả có trong nhật ký gửi."))

    @admin.action(description=_("Gửi lại những lần không gửi được"))
    def send_failed_again(self, request: HttpRequest, chosen: QuerySet[Subscription]) -> None:
        count = send_again(chosen, at=clock.now())
        messages.success(request, _("Sẽ gửi lại: {count}.").format(count=count))

    @admin.action(description=_("Đổi khóa ký (khóa cũ hết giá trị ngay)"))
    def renew_secret(self, request: HttpRequest, chosen: QuerySet[Subscription]) -> None:
        for subscription in chosen:
            secret = give_secret(subscription)
            subscription.save()
            self._show(request, subscription, secret)
