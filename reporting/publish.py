"""Compute every metric, check, then flip what is published, or hold it back."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from governance.models import Channel
from measurement.models import Night
from reporting import annotations, checks, engine, facts, snapshot
from reporting.agreed import Agreed
from reporting.agreed import now as agreed_now
from reporting.engine import Engine
from reporting.intervals import money
from reporting.metrics import Cell, withholding
from reporting.models import Build, Buyer

# Any number nobody else locks by.
_BUILD_LOCK = 730_227_411


class PublishError(Exception):
    """The build cannot be published; the message says why."""


class AlreadySuperseded(PublishError):
    """A later build has taken its place."""


@transaction.atomic
def compute(*, at: datetime, night: Night | None) -> Build:
    """Compute every reading of what is known at ``at``, and keep them as a build.

    Where nothing has changed since a build that still stands, that build is returned
    and nothing is computed: tell it by its ``made_at``. The result depends on the rows
    and never on the order in which they came. Builds computed before it that never went
    up are superseded: what they say is no longer what is known. Two who compute at once
    wait for each other.
    """
    _wait_for_other_builds()
    agreed = agreed_now()
    digest = snapshot.digest(moment=at, agreed=agreed)
    standing = Build.objects.filter(
        digest=digest, state__in=[Build.State.COMPUTED, Build.State.PUBLISHED]
    ).first()
    if standing is not None:
        _supersede_others(than=standing, state=Build.State.COMPUTED)
        return standing

    taken = snapshot.take(moment=at, name=digest[:16], rules=agreed.rules)
    with engine.over(taken.folder) as views:
        facts.lay(views, facts.wanted(agreed))
        build = Build.objects.create(
            night=night,
            made_at=at,
            data_moment=at,
            identity_moment=at,
            definitions=agreed.versions(),
            versions=annotations.versions(),
            inputs=_inputs(views, taken),
            digest=digest,
        )
        _write_readings(build, views, agreed)
        _write_buyers(build, views)
    _supersede_others(than=build, state=Build.State.COMPUTED)
    return build


@transaction.atomic
def publish(*, build: Build, at: datetime) -> Build:
    """Put the build's readings up in place of those published, if they pass the checks.

    One transaction: a reader sees the old readings or the new, never both or none, and
    with the new ones what changed under each number since the old. A build that does not
    pass is held back with the reasons in its ``message``, and what is up stays up.
    Publishing what is published changes nothing. Two who publish at once do so one after
    the other.

    Raises:
        AlreadySuperseded: a later build has taken its place, whether it was up or not.
    """
    _wait_for_other_builds()
    build = Build.objects.select_for_update().get(pk=build.pk)
    if build.state == Build.State.PUBLISHED:
        return build
    if build.state == Build.State.SUPERSEDED or _is_older_than_published(build):
        raise AlreadySuperseded(
            f"{build} was replaced by a later one. Compute anew instead of publishing "
            f"it again."
        )
    reasons = checks.broken(build)
    if reasons:
        build.state, build.message = Build.State.HELD, " ".join(reasons)
        build.save(update_fields=["state", "message"])
        return build

    before = Build.objects.filter(state=Build.State.PUBLISHED).first()
    annotations.write(build=build, before=before)
    _supersede_others(than=build, state=Build.State.PUBLISHED)
    Buyer.objects.exclude(build=build).delete()
    build.state, build.published_at, build.message = Build.State.PUBLISHED, at, ""
    build.save(update_fields=["state", "published_at", "message"])
    return build


def _wait_for_other_builds() -> None:
    # A row lock is not enough: two builds are two rows, and only one may be up.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_BUILD_LOCK])


def _is_older_than_published(build: Build) -> bool:
    published = Build.objects.filter(state=Build.State.PUBLISHED)
    return published.filter(made_at__gt=build.made_at).exists()


def _supersede_others(*, than: Build, state: str) -> None:
    others = Build.objects.filter(state=state).exclude(pk=than.pk)
    others.update(state=Build.State.SUPERSEDED)


def _inputs(views: Engine, taken: snapshot.Snapshot) -> dict[str, Any]:
    """Return what the build was computed from, for whoever asks later."""
    return {
        "rows": dict(taken.rows),
        "snapshot": taken.folder.name,
        "storefronts": {
            row["key"]: {
                "data_moment": f"{row['data_moment'].isoformat()}Z",
                "data_on": row["data_on"].isoformat(),
                "nobodys_orders": row["nobodys_orders"],
                "nobodys_revenue": f"{money(row['nobodys_revenue']):f}",
            }
            for row in views.rows("known")
        },
    }


def _write_readings(build: Build, views: Engine, agreed: Agreed) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "copy reporting_reading (build_id, storefront_id, metric, dimensions, value,"
            " n, low, high, state) from stdin"
        ) as rows,
    ):
        for storefront, key, cell in cells(views, agreed):
            rows.write_row(
                (
                    build.pk,
                    storefront,
                    key,
                    json.dumps(cell.dimensions),
                    cell.value,
                    cell.n,
                    cell.low,
                    cell.high,
                    cell.state,
                )
            )


def cells(views: Engine, agreed: Agreed) -> Iterator[tuple[int, str, Cell]]:
    """Yield every number of every metric: its storefront, its key, what it says."""
    asked: dict[str, list[engine.Row]] = {}
    for key, metric in agreed.metrics.items():
        # Metrics that read the same view with the same parameters share its answer.
        question = f"{metric.view} {sorted(metric.parameters.items())}"
        if question not in asked:
            asked[question] = views.rows(metric.view, **metric.parameters)
        said = metric.cells(asked[question])
        for storefront, cell in withholding.shown(said, least=metric.min_n):
            yield storefront, key, cell


def _write_buyers(build: Build, views: Engine) -> None:
    channels = dict(Channel.objects.values_list("key", "pk"))
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "copy reporting_buyer (build_id, storefront_id, person_id, channel_id,"
            " segment, first_order_on, last_order_on, orders, revenue) from stdin"
        ) as rows,
    ):
        for buyer in views.table("buyers"):
            rows.write_row(_buyer(build, buyer, channels))


def _buyer(
    build: Build, row: engine.Row, channels: Mapping[str, int]
) -> tuple[object, ...]:
    return (
        build.pk,
        row["storefront_id"],
        row["person_id"],
        channels[row["channel"]],
        row["segment"],
        row["first_order_on"],
        row["last_order_on"],
        row["orders"],
        Decimal(row["revenue"]).scaleb(-6),
    )
