"""Addresses of the queue for programs, beside those of the definitions."""

from django.urls import URLPattern, path

from identity.api import pairs

app_name = "identity_api"
urlpatterns: list[URLPattern] = [
    path("pairs", pairs.Pairs.as_view(), name="pairs"),
    path("pairs/<int:pair_id>", pairs.OnePair.as_view(), name="pair"),
]
