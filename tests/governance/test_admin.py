"""What each role may do in the admin, row by row; and what nobody may."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from governance import channels, roles
from governance.models import CampaignRule, Channel, SourceSystem, Storefront, User
from tests import make

pytestmark = pytest.mark.django_db

WORKING = [role.key for role in roles.ROLES if role.works_in_admin]
READERS = [key for key in WORKING if key != "data_owner"]
OURS = [
    one
    for model, one in admin.site._registry.items()
    if model._meta.app_label in roles.OURS
]


def allowed(rf, role: str, verb: str) -> set[str]:
    """Return the models of ours the role may do that to, as the admin answers."""
    request = rf.get("/")
    request.user = make.user(role=role)
    return {
        one.opts.model_name
        for one in OURS
        if getattr(one, f"has_{verb}_permission")(request)
    }


REGISTRIES = {label.partition(".")[2] for label in roles.REGISTRIES}


@pytest.mark.parametrize("role", WORKING)
def test_no_role_deletes_anything_of_ours(rf, role):
    assert allowed(rf, role, "delete") == set()


@pytest.mark.parametrize(
    ("role", "verb", "models"),
    [
        *(
            (role, "add", set())
            for role in WORKING
            if role not in {"data_owner", "admin"}
        ),
        ("data_owner", "add", REGISTRIES | {"freezewindow"}),
        ("data_owner", "change", REGISTRIES),
        ("admin", "add", {"user", "freezewindow"}),
        ("admin", "change", {"user", "domain"}),
        ("auditor", "change", set()),
        ("privacy", "change", set()),
        ("steward", "change", set()),
    ],
)
def test_what_a_role_adds_and_changes(rf, role, verb, models):
    assert allowed(rf, role, verb) == models


@pytest.mark.parametrize("role", WORKING)
def test_every_role_reads_everything_of_ours_but_who_signs_in_and_the_log(rf, role):
    everything = {one.opts.model_name for one in OURS}
    people = set() if role in {"admin", "auditor"} else {"user", "apitoken"}
    log = set() if role in {"admin", "auditor", "privacy"} else {"governanceevent"}

    assert allowed(rf, role, "view") == everything - people - log


def test_not_even_a_superuser_deletes_anything_of_ours(rf):
    request = rf.get("/")
    request.user = make.superuser()

    assert [
        one.opts.model_name for one in OURS if one.has_delete_permission(request)
    ] == []


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make.user(role=role))
    return client


@pytest.mark.parametrize("role", READERS)
def test_who_may_only_read_a_registry_changes_nothing_by_sending_it(role):
    storefront = make.storefront("corner")
    page = reverse("admin:governance_storefront_change", args=[storefront.pk])

    answer = signed_in(role).post(
        page,
        {"key": "corner", "name": "Mine", "time_zone": "UTC", "currency": "USD"},
    )

    storefront.refresh_from_db()
    assert (answer.status_code, storefront.name) == (403, "Corner")


class TestAnAdministrator:
    """Lets people in, and gives roles; and is nobody else for it."""

    @pytest.fixture
    def root(self, settings) -> User:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        somebody = make.superuser(User.objects.create(username="root", is_staff=True))
        somebody.set_password("as it was")
        somebody.save()
        return somebody

    def test_gives_nobody_a_role(self):
        viewer = make.user()
        steward = Group.objects.get(name="steward")

        answer = signed_in("admin").post(
            reverse("admin:governance_user_change", args=[viewer.pk]),
            {"username": viewer.username, "is_active": "on", "groups": [steward.pk]},
        )

        assert answer.status_code == 302
        assert [group.name for group in viewer.groups.all()] == ["viewer"]

    def test_is_shown_the_way_to_ask_for_one(self):
        viewer = make.user()

        page = signed_in("admin").get(
            reverse("admin:governance_user_change", args=[viewer.pk])
        )

        asking = f"/changes/new/?kind=permission&amp;key={viewer.username}"
        assert f'<a href="{asking}">Ask for a change of roles</a>' in page.text
        assert 'name="groups"' not in page.text

    def test_lets_somebody_in_who_reads_from_then_on(self):
        signed_in("admin").post(
            reverse("admin:governance_user_add"),
            {
                "username": "newcomer",
                "usable_password": "true",
                "password1": "plumb-bob-7731",
                "password2": "plumb-bob-7731",
            },
        )

        groups = User.objects.get(username="newcomer").groups.all()
        assert [group.name for group in groups] == ["viewer"]

    def test_sets_no_password_of_a_superuser(self, root):
        page = reverse("admin:auth_user_password_change", args=[root.pk])

        answer = signed_in("admin").post(
            page,
            {
                "password1": "mine-from-now-on",
                "password2": "mine-from-now-on",
                "usable_password": "true",
            },
        )

        root.refresh_from_db()
        assert (answer.status_code, root.check_password("as it was")) == (403, True)

    def test_changes_nothing_of_a_superuser(self, root):
        page = reverse("admin:governance_user_change", args=[root.pk])

        answer = signed_in("admin").post(page, {"username": "nobody"})

        root.refresh_from_db()
        assert (answer.status_code, root.username) == (403, "root")

    def test_reads_who_a_superuser_is(self, root):
        page = reverse("admin:governance_user_change", args=[root.pk])

        assert signed_in("admin").get(page).status_code == 200

    def test_gives_no_right_beside_the_roles(self):
        viewer = make.user()
        page = reverse("admin:governance_user_change", args=[viewer.pk])

        signed_in("admin").post(
            page,
            {"username": viewer.username, "is_active": "on", "user_permissions": ["1"]},
        )

        assert list(viewer.user_permissions.all()) == []


def test_a_superuser_changes_another(admin_client):
    other = make.superuser(User.objects.create(username="other"))
    page = reverse("admin:governance_user_change", args=[other.pk])

    answer = admin_client.post(page, {"username": "renamed", "is_active": "on"})

    other.refresh_from_db()
    assert (answer.status_code, other.username) == (302, "renamed")


def test_a_list_of_people_costs_the_same_for_one_and_for_three(
    django_assert_max_num_queries,
):
    client = signed_in("admin")
    page = reverse("admin:governance_user_changelist")
    client.get(page)
    with django_assert_max_num_queries(20) as first:
        client.get(page)
    make.user()
    make.user(role="steward")

    with django_assert_max_num_queries(20) as second:
        client.get(page)

    assert len(second) == len(first)


class TestADataOwner:
    """Writes registries, and is told at once what the night could not work with."""

    @pytest.fixture
    def client(self) -> Client:
        return signed_in("data_owner")

    def refusals(
        self, client: Client, model: str, **typed: str
    ) -> dict[str, list[str]]:
        """Return what is said of each field of a form that was not taken."""
        answer = client.post(reverse(f"admin:governance_{model}_add"), typed)
        if answer.status_code == 302:
            return {}
        return dict(answer.context["adminform"].form.errors)

    def rule(self, **typed: str) -> dict[str, str]:
        channel = Channel.objects.get(key="email")
        return {"position": "5", "channel": str(channel.pk), **typed}

    def test_writes_a_rule_that_is_heard(self, client):
        written = self.rule(source="^leaflet$")

        assert self.refusals(client, "campaignrule", **written) == {}
        assert channels.rules()[0].source == "^leaflet$"

    @pytest.mark.parametrize("tag", ["source", "medium", "campaign", "referrer"])
    def test_is_told_of_a_pattern_that_is_none(self, client, tag):
        written = self.rule(**{tag: "(spring"})

        assert self.refusals(client, "campaignrule", **written) == {
            tag: [
                f"The rule for email looks for '(spring' in the {tag}, which is no "
                "regular expression: missing ), unterminated subpattern at position 0. "
                "Mend the pattern."
            ]
        }
        assert not CampaignRule.objects.filter(position=5).exists()

    def test_is_told_of_two_rules_in_one_place(self, client):
        written = self.rule(position="10")

        assert list(self.refusals(client, "campaignrule", **written)) == ["position"]

    def test_is_told_of_a_zone_that_is_nowhere(self, client):
        typed = {"key": "moon", "name": "Moon", "currency": "EUR"}

        assert self.refusals(
            client, "storefront", **typed, time_zone="Moon/Tranquility"
        ) == {
            "time_zone": [
                "There is no time zone Moon/Tranquility. Write one of the tz database, "
                "such as Europe/Berlin."
            ]
        }
        assert not Storefront.objects.filter(key="moon").exists()

    @pytest.mark.parametrize("currency", ["eur", "EU", "€", "E1R", ""])
    def test_is_told_of_a_currency_that_is_none(self, client, currency):
        typed = {
            "key": "moon",
            "name": "Moon",
            "time_zone": "UTC",
            "currency": currency,
        }

        assert list(self.refusals(client, "storefront", **typed)) == ["currency"]

    def test_is_told_the_same_of_a_system(self, client):
        storefront = make.storefront()
        typed = {
            "key": "till",
            "name": "Till",
            "kind": SourceSystem.Kind.SHOP,
            "storefront": str(storefront.pk),
            "cadence": "daily",
        }

        refused = self.refusals(
            client, "sourcesystem", **typed, time_zone="Nowhere", currency="usd"
        )

        assert list(refused) == ["time_zone", "currency"]
        assert (
            self.refusals(
                client, "sourcesystem", **typed, time_zone="UTC", currency="USD"
            )
            == {}
        )
