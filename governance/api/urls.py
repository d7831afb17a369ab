"""Addresses of the API, its first version. What answers otherwise will be another one."""

from django.urls import URLPattern, path

from governance.api import definitions, requests, state
from governance.api.door import Nothing

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("", state.Beginning.as_view(), name="beginning"),
    path("definitions", definitions.Definitions.as_view(), name="definitions"),
    # A key may hold slashes: a stream's mapping is web/visits:event.kind.
    path(
        "definitions/<slug:kind>/<path:key>",
        definitions.Definition.as_view(),
        name="definition",
    ),
    path("changes", requests.Requests.as_view(), name="changes"),
    path("changes/<int:request_id>", requests.OneRequest.as_view(), name="request"),
    path("changes/<int:request_id>/revisions", requests.Revisions.as_view()),
    path("changes/<int:request_id>/submission", requests.Submission.as_view()),
    path("changes/<int:request_id>/preview", requests.Previews.as_view()),
    path("changes/<int:request_id>/comments", requests.Comments.as_view()),
    path("log", state.Log.as_view(), name="log"),
    path("<path:rest>", Nothing.as_view()),
]
