"""Tokens: given to whoever asks for one, known by their secret, and taken back."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from governance import tokens
from governance.models import ApiToken, GovernanceEvent, User
from tests import make
from tests.governance.attacks import refused, typed

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def steward():
    return make.user(role="steward")


def made(by: User, **otherwise) -> tokens.Made:
    said = {"name": "nightly", "scope": "read", "lives": WEEK, "at": timezone.now()}
    return tokens.make(by=by, **{**said, **otherwise})


def known(secret: str, *, at) -> ApiToken:
    return tokens.known_by(tokens.digest_of(secret), at=at)


def refusal(by: User, **otherwise) -> str:
    with pytest.raises(tokens.TokenError) as said:
        made(by, **otherwise)
    assert not ApiToken.objects.filter(user=by, name="x").exists()
    return str(said.value)


def events() -> list[tuple[str, str, str]]:
    """Return what the log says of tokens: who, what, to which, the oldest first."""
    found = GovernanceEvent.objects.filter(object_type="token").order_by("seq")
    return list(found.values_list("actor", "verb", "object_key"))


def test_a_secret_is_recognisable_and_only_its_digest_is_kept(steward):
    one = made(steward)

    kept = typed("select to_jsonb(t)::text from governance_apitoken t")[0][0]
    assert one.secret.startswith("plumbline_")
    assert one.token.digest == hashlib.sha256(one.secret.encode()).hexdigest()
    assert one.secret.removeprefix("plumbline_") not in kept
    assert one.secret not in repr(one)


def test_no_two_secrets_are_the_same(steward):
    assert made(steward).secret != made(steward, name="weekly").secret


def test_a_token_is_known_by_its_secret_alone(steward, now):
    one, other = made(steward), made(steward, name="weekly")

    assert known(other.secret, at=now) == other.token
    assert known(one.secret, at=now) == one.token


@pytest.mark.parametrize("secret", ["", "plumbline_", "plumbline_é\ud800", "x" * 9999])
def test_what_is_no_secret_is_nobodys(steward, now, secret):
    made(steward)

    with pytest.raises(tokens.NotHeard) as said:
        known(secret, at=now)

    assert str(said.value) == (
        "Nobody has this token. Make one on the page of your tokens."
    )


def test_a_token_is_heard_until_the_moment_it_runs_out(steward, now):
    one = made(steward, at=now)

    last = known(one.secret, at=now + WEEK - timedelta(microseconds=1))
    with pytest.raises(tokens.NotHeard) as said:
        known(one.secret, at=now + WEEK)

    assert last == one.token
    assert str(said.value) == (
        f"This token ran out at {(now + WEEK).isoformat()}. Make another one on the "
        f"page of your tokens."
    )


def test_a_token_of_somebody_who_left_is_heard_no_more(steward, now):
    one = made(steward)
    User.objects.filter(pk=steward.pk).update(is_active=False)

    with pytest.raises(tokens.NotHeard) as said:
        known(one.secret, at=now)

    assert str(said.value) == "Whoever this token acts for has left."


@pytest.mark.parametrize(
    ("otherwise", "sentence"),
    [
        ({"name": "  "}, "Name it for what will use it, in 80 characters or fewer."),
        (
            {"name": "x" * 81},
            "Name it for what will use it, in 80 characters or fewer.",
        ),
        (
            {"name": "a\0b"},
            "Name it for what will use it, in 80 characters or fewer.",
        ),
        (
            {"scope": "approve"},
            "A token reads, or reads and proposes. It does nothing else.",
        ),
        (
            {"lives": timedelta(days=365, seconds=1)},
            "A token lives for a year at most. Make another one then.",
        ),
        (
            {"lives": timedelta()},
            "A token lives for a year at most. Make another one then.",
        ),
    ],
)
def test_a_token_that_cannot_be_given_says_why(steward, otherwise, sentence):
    assert refusal(steward, **otherwise) == sentence


def test_who_asks_for_no_changes_is_given_no_token_that_does():
    auditor = make.user(role="auditor")

    assert refusal(auditor, scope="propose") == (
        "You ask for no changes here, and so does no token of yours. Make one that reads."
    )
    assert made(auditor, scope="read").token.scope == "read"


def test_a_name_is_taken_until_its_token_is_revoked(steward, now):
    one = made(steward)

    sentence = refusal(steward, name=" nightly ")
    tokens.revoke(token_id=one.token.pk, by=steward, at=now)

    assert sentence == (
        "You have a token named nightly already. Revoke it, or name this one otherwise."
    )
    assert made(steward).token.name == "nightly"


def test_another_may_use_the_same_name(steward):
    made(steward)

    assert made(make.user()).token.name == "nightly"


def test_nobody_has_more_tokens_than_they_look_after(steward, now):
    for number in range(tokens.MOST - 1):
        made(steward, name=f"job {number}")
    long_gone = made(steward, name="old", lives=timedelta(seconds=1), at=now - WEEK)
    made(steward, name="the last")

    assert long_gone.token.expires_at < now
    assert refusal(steward, name="x") == (
        "You have 20 tokens. Revoke one that nothing uses."
    )


def test_a_token_taken_back_twice_is_taken_back_once(steward, now):
    one = made(steward).token

    tokens.revoke(token_id=one.pk, by=steward, at=now)
    again = tokens.revoke(token_id=one.pk, by=steward, at=now + WEEK)

    assert again.revoked_at == now
    assert [verb for _who, verb, _what in events()] == ["made", "revoked"]


def test_nobody_takes_back_what_is_anothers(steward, now):
    one = made(steward).token

    with pytest.raises(tokens.TokenError) as said:
        tokens.revoke(token_id=one.pk, by=make.user(role="data_owner"), at=now)

    one.refresh_from_db()
    assert (str(said.value), one.revoked_at) == ("You have no such token.", None)


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_who_looks_after_accounts_takes_back_anybodys(steward, now, role):
    one, keeper = made(steward).token, make.user(role=role)

    tokens.revoke(token_id=one.pk, by=keeper, at=now)

    assert events()[-1] == (
        keeper.username, "revoked", f"{steward.username}: nightly",
    )  # fmt: skip


def test_the_log_tells_of_the_first_use_on_each_day(steward, settings):
    settings.REPORTING_TIME_ZONE = "America/New_York"
    one, noon = made(steward).token, make.moment("2026-11-01T12:00")

    # The third is still the day before in New York.
    for at in (noon, noon, make.moment("2026-11-02T04:30"), noon + timedelta(days=1)):
        tokens.note_use(ApiToken.objects.get(pk=one.pk), at=at)

    assert [verb for _who, verb, _what in events()] == ["made", "used", "used"]
    assert events()[-1][0] == steward.username


def test_two_uses_at_once_are_one_first_use(steward):
    stale = made(steward).token
    same = ApiToken.objects.get(pk=stale.pk)
    at = timezone.now()

    tokens.note_use(stale, at=at)
    tokens.note_use(same, at=at)

    assert [verb for _who, verb, _what in events()] == ["made", "used"]


# What somebody would type into the table who has the app's role.


def row(user: User, **said) -> ApiToken:
    at = timezone.now()
    return ApiToken(
        **{
            "user": user, "name": "typed", "scope": "read", "digest": "a" * 64,
            "made_at": at, "expires_at": at + WEEK, **said,
        }
    )  # fmt: skip


def acts(user: User) -> None:
    typed("select set_config('plumbline.actor', %s, true)", str(user.pk))


def test_a_token_in_anothers_name_is_refused(steward):
    acts(make.user(role="admin"))

    with refused("A token is made by whoever it acts for, and by nobody else."):
        row(steward).save()


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"scope": "approve"}, "token_reads_or_proposes"),
        ({"digest": "plumbline_secret"}, "token_is_kept_as_a_digest"),
        ({"name": ""}, "token_has_a_name"),
    ],
)
def test_a_row_that_is_no_token_is_refused(steward, said, rule):
    acts(steward)

    with pytest.raises(DatabaseError, match=f'"{rule}"'), transaction.atomic():
        row(steward, **said).save()


def test_a_life_longer_than_a_year_is_refused(steward, now):
    acts(steward)

    with (
        pytest.raises(DatabaseError, match="token_lives_a_year_at_most"),
        transaction.atomic(),
    ):
        row(steward, made_at=now - WEEK, expires_at=now + timedelta(days=364)).save()


def test_a_token_made_tomorrow_lives_no_longer(steward, now):
    acts(steward)

    with refused("A token lives for a year at most."):
        row(
            steward, made_at=now + WEEK, expires_at=now + WEEK + timedelta(days=365)
        ).save()


@pytest.mark.parametrize(
    "said",
    [
        "scope = 'propose'",
        "expires_at = expires_at + interval '1 day'",
        "digest = repeat('b', 64)",
        "revoked_at = null",
        "revoked_at = now() + interval '1 day'",
        "last_used_on = null",
        "last_used_on = '2020-01-01'",
        "name = 'another'",
    ],
)
def test_a_token_is_not_written_anew(steward, now, said):
    one = made(steward).token
    tokens.note_use(one, at=now)
    tokens.revoke(token_id=one.pk, by=steward, at=now)

    with refused("A token is kept as it was made, and one that was revoked stays so."):
        typed(f"update governance_apitoken set {said}")


@pytest.mark.parametrize(
    "statement", ["delete from governance_apitoken", "truncate governance_apitoken"]
)
def test_a_token_is_not_forgotten(steward, statement):
    made(steward)

    with refused("permission denied for table governance_apitoken"):
        typed(statement)


def test_the_owner_of_the_tables_forgets_none_either(steward):
    [(triggers,)] = typed(
        "select count(*) from pg_trigger t join pg_class c on c.oid = tgrelid "
        "where relname = 'governance_apitoken' and tgname in "
        "('tokens_stay', 'tokens_are_not_emptied') and tgenabled = 'O'"
    )

    assert triggers == 2
