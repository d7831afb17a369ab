"""Where registries are read, and changed by those who may; and who signs in."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from governance import changes, people, tokens
from governance.forms import Patterns, Placed
from governance.models import (
    ApiToken,
    CampaignRule,
    ChangeRequest,
    Channel,
    Domain,
    FieldMapping,
    FreezeWindow,
    GovernanceEvent,
    Kind,
    Operation,
    Seal,
    SourceStream,
    SourceSystem,
    Storefront,
    User,
    Version,
)
from governance.remembered import RememberedAdmin


@admin.register(User)
class Users(RememberedAdmin, UserAdmin):  # type: ignore[misc, type-arg]
    """People, and the roles they were given. Rights come from roles alone."""

    list_display = ["username", "first_name", "last_name", "roles", "is_active"]
    list_filter = ["groups", "is_active"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("May", {"fields": ["is_active", "is_staff", "has", "ask_for_roles"]}),
        ("When", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined", "has", "ask_for_roles"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> list[str]:
        """An account keeps its name once it was asked by it what it may do."""
        shown = list(super().get_readonly_fields(request, obj))
        asked = Operation.objects.filter(kind=Kind.PERMISSION)
        is_named = obj is not None and asked.filter(key=obj.username).exists()
        return ["username", *shown] if is_named else shown

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        """Whoever is let in reads. Anything more is asked for."""
        super().save_related(request, form, formsets, change)
        if not change:
            form.instance.groups.add(Group.objects.get(name="viewer"))

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Whoever may set a superuser's password is one; only superusers may."""
        if obj is not None and obj.is_superuser and not _is_superuser(request):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        """Nobody is deleted: what they did would lose its name. Untick *active*."""
        return False

    @admin.display(description="Roles")
    def roles(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all()))

    @admin.display(description="Roles and domains")
    def has(self, user: User) -> str:
        return self.roles(user) or "None: this account may do nothing."

    @admin.display(description="Other roles")
    def ask_for_roles(self, user: User) -> str:
        return _asking(user.username)


def _has_begun() -> bool:
    return ChangeRequest.objects.filter(
        is_bootstrap=True, state=ChangeRequest.State.APPLIED
    ).exists()


class Registry(admin.ModelAdmin[SourceStream]):
    """What was agreed. Whoever may not change it reads it here all the same.

    Once the registry has begun a change is asked for, on the pages of requests.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not _has_begun()

    def has_change_permission(
        self, request: HttpRequest, obj: SourceStream | None = None
    ) -> bool:
        return super().has_change_permission(request, obj) and not _has_begun()

    def has_delete_permission(
        self, request: HttpRequest, obj: SourceStream | None = None
    ) -> bool:
        """Numbers were made by it: it may change, and not vanish."""
        return False


@admin.register(Storefront)
class Storefronts(Registry):
    form = Placed
    list_display = ["name", "key", "time_zone", "currency", "is_generated"]
    search_fields = ["key", "name"]


@admin.register(SourceSystem)
class SourceSystems(Registry):
    form = Placed
    list_display = ["name", "key", "kind", "storefront", "time_zone", "cadence"]
    list_filter = ["kind", "storefront"]
    list_select_related = ["storefront"]
    search_fields = ["key", "name"]


@admin.register(SourceStream)
class SourceStreams(Registry):
    list_display = ["__str__", "grain", "position", "is_generated"]
    list_filter = ["system", "grain"]
    list_select_related = ["system"]
    search_fields = ["key", "system__key"]


@admin.register(FieldMapping)
class FieldMappings(Registry):
    list_display = ["stream", "entity", "field", "rule"]
    list_display_links = ["field"]
    list_filter = ["stream__system", "entity"]
    list_select_related = ["stream__system"]
    search_fields = ["field", "stream__key"]


@admin.register(Channel)
class Channels(Registry):
    list_display = ["name", "key", "position"]


@admin.register(CampaignRule)
class CampaignRules(Registry):
    form = Patterns
    list_display = ["position", "channel", "source", "medium", "campaign", "referrer"]
    list_display_links = ["channel"]
    list_filter = ["channel"]
    list_select_related = ["channel"]


class Kept(admin.ModelAdmin[Version]):
    """What is read here and written elsewhere: by a request, or by the database itself."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Version | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Version | None = None
    ) -> bool:
        return False


@admin.register(ChangeRequest)
class ChangeRequests(Kept):
    list_display = ["title", "state", "risk", "requested_by", "made_at"]
    list_filter = ["state", "risk"]
    list_select_related = ["requested_by"]
    search_fields = ["title", "reason"]
    date_hierarchy = "made_at"


@admin.register(Version)
class Versions(Kept):
    list_display = ["key", "kind", "number", "domain", "state", "valid_during"]
    list_filter = ["kind", "state", "domain"]
    list_select_related = ["domain"]
    search_fields = ["key"]


@admin.register(GovernanceEvent)
class Events(Kept):
    list_display = ["seq", "at", "actor", "verb", "object_type", "object_key"]
    list_filter = ["object_type"]
    search_fields = ["actor", "object_key"]


@admin.register(Seal)
class Seals(Kept):
    list_display = ["seq", "at", "hash"]


@admin.register(Domain)
class Domains(RememberedAdmin):
    """Areas of the business. What one is called may be said better; the rest is granted."""

    list_display = ["name", "key", "owners", "stewards"]
    list_select_related = ["owners", "stewards"]
    fields = ["name", "key", "owners", "stewards", "ask_for_roles"]
    readonly_fields = ["key", "owners", "stewards", "ask_for_roles"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Domain | None = None
    ) -> bool:
        return False

    @admin.display(description="Other owners or stewards")
    def ask_for_roles(self, domain: Domain) -> str:
        return _asking()


def _asking(username: str = "") -> str:
    """Return the way to a request, in place of a control that would be refused."""
    asked = {"kind": Kind.PERMISSION.value, **({"key": username} if username else {})}
    return format_html(
        '<a href="{}">Ask for a change of roles</a>. Two people decide: an owner of each '
        "domain it is about, and an administrator, unless one asks.",
        reverse("governance:new", query=asked),
    )


@admin.register(ApiToken)
class ApiTokens(Kept):
    """Programs that act for people. Of a secret there is nothing to see."""

    fields = (
        "name", "user", "scope", "made_at", "expires_at", "last_used_on", "revoked_at",
    )  # fmt: skip
    list_display = fields
    list_filter = ["scope", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return tokens.may_revoke_any(people.asking(request))

    @admin.action(description="Revoke: nobody acts by it", permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        for token_id in chosen.values_list("pk", flat=True):
            token = tokens.revoke(
                token_id=token_id, by=people.asking(request), at=timezone.now()
            )
            self.message_user(request, f"{token} is revoked.", messages.SUCCESS)


@admin.register(FreezeWindow)
class FreezeWindows(Kept):
    """Times in which nothing takes effect. One is set, and may be lifted, once."""

    fields = (
        "begins_at",
        "ends_at",
        "reason",
        "set_by",
        "set_at",
        "lifted_by",
        "lifted_at",
    )
    list_display = ("__str__", "reason", "set_by", "lifted_at")
    list_select_related = ["set_by"]
    actions = ["lift"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return people.asking(request).has_perm("governance.add_freezewindow")

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return people.asking(request).has_perm("governance.change_freezewindow")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else self.fields[:3]

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        obj.pk = changes.freeze(
            begins_at=obj.begins_at, ends_at=obj.ends_at, reason=obj.reason,
            by=people.asking(request), at=timezone.now(),
        ).pk  # fmt: skip

    @admin.action(description="Lift: what waits takes effect", permissions=["lift"])
    def lift(self, request: HttpRequest, chosen: QuerySet[FreezeWindow]) -> None:
        for window_id in chosen.values_list("pk", flat=True):
            try:
                lifted = changes.lift(
                    window_id=window_id, by=people.asking(request), at=timezone.now()
                )
            except changes.ChangeError as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                self.message_user(request, f"{lifted} is lifted.", messages.SUCCESS)


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser
