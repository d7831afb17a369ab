"""Addresses of the pages on which people are told apart and joined."""

from django.urls import URLPattern, path

from identity.views import (
    bands,
    batches,
    events,
    exporting,
    held,
    importing,
    person,
    review,
    shared,
    would,
)

app_name = "identity"
urlpatterns: list[URLPattern] = [
    path("review/", review.index, name="queue"),
    path("review/next/", review.following, name="next"),
    path("review/undo/", review.undo, name="undo"),
    path("review/bands/", bands.index, name="bands"),
    path("review/shared/", shared.index, name="shared"),
    path("review/held/", held.index, name="held"),
    path("review/held/<uuid:public_id>/pass/", held.let_pass, name="let_pass"),
    path("review/events/", events.index, name="events"),
    path("review/events/<uuid:public_id>/", events.show, name="event"),
    path("review/events/<uuid:public_id>/undo/", events.undo, name="undo_event"),
    path("review/export.csv", exporting.export, name="export"),
    path("review/import/", importing.answers, name="import"),
    path("review/batches/", batches.index, name="batches"),
    path("review/batches/<int:batch_id>/", batches.show, name="batch"),
    path(
        "review/batches/<int:batch_id>/next/", batches.following, name="next_of_batch"
    ),
    path("review/batches/<int:batch_id>/answer/", batches.answer, name="answer_batch"),
    path("review/batches/<int:batch_id>/undo/", batches.undo, name="undo_batch"),
    path(
        "review/batches/<int:batch_id>/larger/", batches.enlarge, name="enlarge_batch"
    ),
    path(
        "review/batches/<int:batch_id>/pair/<int:pair_id>/",
        review.show,
        name="pair_of_batch",
    ),
    path("review/<int:pair_id>/", review.show, name="pair"),
    path("review/<int:pair_id>/claim/", review.claim, name="claim"),
    path("review/<int:pair_id>/answer/", review.answer, name="answer"),
    path("review/<int:pair_id>/release/", review.release, name="release"),
    path("review/people/<uuid:public_id>/", person.show, name="person"),
    path("review/people/<uuid:public_id>/undo/", person.undo, name="undo_merge"),
    path("review/people/<uuid:public_id>/lock/", person.lock, name="lock"),
    path("review/people/<uuid:public_id>/measure/", person.measure, name="measure"),
    path("review/<int:pair_id>/would/", would.measure, name="measure_would"),
]
