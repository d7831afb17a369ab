"""Addresses of the numbers for programs, beside those of the definitions."""

from django.urls import URLPattern, path

from reporting.api import boards, readings, schema

app_name = "reporting_api"
urlpatterns: list[URLPattern] = [
    path("readings", readings.Readings.as_view(), name="readings"),
    path("boards/<slug:board>", boards.OneBoard.as_view(), name="board"),
    path("schema", schema.Schema.as_view(), name="schema"),
]
