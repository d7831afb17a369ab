"""Addresses of the report pages."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from reporting.views import (
    acquisition,
    attribution,
    boards,
    cohorts,
    definitions,
    moved,
    notes,
    people,
    pipeline,
    runs,
)

app_name = "reporting"
urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(pattern_name="reporting:acquisition"), name="home"),
    path("acquisition/", acquisition.show, name="acquisition"),
    path("attribution/", attribution.show, name="attribution"),
    path("growth/", boards.show, {"board": "growth"}, name="growth"),
    path("quality/", boards.show, {"board": "quality"}, name="quality"),
    path("campaigns/", boards.show, {"board": "campaigns"}, name="campaigns"),
    path("segments/", boards.show, {"board": "segments"}, name="segments"),
    path("health/", pipeline.show, name="health"),
    path("notes/", notes.write, name="write_note"),
    path("notes/<int:note_id>/take-back/", notes.take_back, name="take_back_note"),
    path("cohorts/", cohorts.show, name="cohorts"),
    path("people/", people.index, name="people"),
    path("people/<uuid:public_id>/", people.person, name="person"),
    path("moved/", moved.show, name="moved"),
    path("runs/", runs.index, name="runs"),
    path("runs/<int:night_id>/", runs.night, name="night"),
    path("definitions/", definitions.show, name="definitions"),
]
