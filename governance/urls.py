"""Addresses of the pages on which registries are read and changed."""

from django.urls import URLPattern, URLResolver, include, path

from governance.views import (
    dictionary,
    exchanging,
    log,
    playbook,
    proposing,
    requests,
    reviews,
    tokens,
)

app_name = "governance"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("governance.api.urls")),
    path("dictionary/", dictionary.index, name="dictionary"),
    path(
        "dictionary/export.yaml",
        exchanging.export,
        {"form": "yaml"},
        name="export_yaml",
    ),
    path(
        "dictionary/export.csv", exchanging.export, {"form": "csv"}, name="export_csv"
    ),
    path("dictionary/import/", exchanging.choose, name="import"),
    path("dictionary/import/dry-run/", exchanging.tried, name="tried"),
    # A key may hold slashes: a stream's mapping is web/visits:event.kind.
    path("dictionary/<slug:kind>/<path:key>/", dictionary.show, name="definition"),
    path("changes/", requests.index, name="desk"),
    path("changes/all/", requests.every, name="every"),
    path("changes/new/", proposing.new, name="new"),
    path("changes/<int:request_id>/", requests.show, name="request"),
    path("changes/<int:request_id>/edit/", proposing.edit, name="edit"),
    path("changes/<int:request_id>/drop/", proposing.drop, name="drop"),
    path("changes/<int:request_id>/<slug:verb>/", requests.act, name="act"),
    path("log/", log.index, name="log"),
    path("playbook/", playbook.index, name="playbook"),
    path("playbook/changes/", playbook.changes, name="playbook_changes"),
    path("playbook/reviews/", reviews.index, name="reviews"),
    path("playbook/reviews/<int:review_id>/", reviews.show, name="review"),
    path("playbook/reviews/<int:review_id>/sign/", reviews.sign, name="sign"),
    path("playbook/reviews/<int:review_id>/agree/", reviews.agree, name="agree"),
    path(
        "playbook/reviews/<int:review_id>/tick/<int:action_id>/",
        reviews.tick,
        name="tick",
    ),
    path("tokens/", tokens.index, name="tokens"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke"),
]
