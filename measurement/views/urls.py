"""Addresses of the workbench."""

from django.urls import path

from measurement.views import sources

app_name = "sources"
urlpatterns = [
    path("sources/", sources.index, name="index"),
    path("sources/<slug:system>/<slug:stream>/", sources.show, name="stream"),
    path("sources/<slug:system>/<slug:stream>/change/", sources.change, name="change"),
    path(
        "sources/<slug:system>/<slug:stream>/trials/<int:trial_id>/",
        sources.trial,
        name="trial",
    ),
]
