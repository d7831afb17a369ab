"""Addresses of the queue for programs, beside those of the definitions."""

from django.urls import URLPattern, path

from identity.api import answers, pairs

app_name = "identity_api"
urlpatterns: list[URLPattern] = [
    path("pairs", pairs.Pairs.as_view(), name="pairs"),
    path("pairs/next", answers.Following.as_view(), name="next"),
    path("pairs/<int:pair_id>/claim", answers.Claim.as_view(), name="claim"),
    path("pairs/<int:pair_id>/answers", answers.Answers.as_view(), name="answers"),
    path("answers/<int:answer_id>/undo", answers.Undoing.as_view(), name="undo"),
    path("pairs/<int:pair_id>", pairs.OnePair.as_view(), name="pair"),
]
