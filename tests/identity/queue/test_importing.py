"""Answers from a file: read first, taken whole, refused by the line."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from identity import queue
from identity.models import Answer, MatchCandidate
from identity.queue import importing
from identity.queue.importing import Fault
from tests import make
from tests.identity.queue import asked
from tests.identity.queue.asked import AT, say, state
from tests.identity.queue.pages import as_, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(db):
    return asked.steward()


def take(text: str, by, *, write: bool = True) -> importing.Taken:
    return importing.take(text, by=by, at=AT, write=write)


def test_two_columns_are_enough(steward):
    one, other = asked.pair(), asked.pair()

    taken = take(f"pair,answer\n{one.pk},merge\n{other.pk},Not the same\n", steward)

    assert (taken.is_written, taken.faults) == (True, [])
    assert [state(pair)[0] for pair in (one, other)] == ["same", "different"]
    said = Answer.objects.values_list("by", "said", "reason")
    assert list(said) == [
        (steward.pk, "merge", "Answered in a file."),
        (steward.pk, "not_same", "Answered in a file."),
    ]


def test_a_preview_writes_nothing(steward):
    pair = asked.pair()

    taken = take(f"pair,answer\n{pair.pk},merge\n", steward, write=False)

    assert [(row.said, of) for row, of in taken.rows] == [("merge", pair)]
    assert (taken.is_written, taken.faults) == (False, [])
    assert (state(pair), Answer.objects.count()) == (("pending", "first"), 0)


def test_with_one_fault_nothing_is_taken(steward):
    fine, decided = asked.pair(), asked.pair()
    say(decided, "not_same", asked.steward())

    taken = take(f"pair,answer\n{fine.pk},merge\n{decided.pk},merge\n", steward)

    assert not taken.is_written
    [fault] = taken.faults
    assert (fault.line, "has decided this pair at" in fault.sentence) == (3, True)
    assert state(fine) == ("pending", "first")


def test_what_the_second_line_contradicts_is_a_fault_of_its_line(steward):
    records = [make.record(f"Ada {letter}") for letter in "ABC"]
    one, two, three = (
        asked.pair(left=records[a], right=records[b])
        for a, b in ((0, 1), (1, 2), (0, 2))
    )

    taken = take(
        f"pair,answer\n{one.pk},not_same\n{two.pk},merge\n{three.pk},merge\n", steward
    )

    assert [fault.line for fault in taken.faults] == [4]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("x,merge", "“x” is no number of a pair."),
        (
            "1,perhaps",
            "“perhaps” is no answer a file gives; there are merge, not_same, household, "
            "cant_tell.",
        ),
        ("999999,merge", "There is no pair 999999."),
        (f"{'9' * 30},merge", f"“{'9' * 30}” is no number of a pair."),
    ],
    ids=["number", "answer", "nobody", "long"],
)
def test_a_line_that_says_nothing_is_named(steward, line, sentence):
    assert take(f"pair,answer\n{line}\n", steward).faults == [Fault(2, sentence)]


def test_a_pair_is_answered_once(steward):
    pair = asked.pair()

    taken = take(f"pair,answer\n{pair.pk},merge\n{pair.pk},not_same\n", steward)

    assert taken.faults == [Fault(3, f"Pair {pair.pk} stands in line 2 already.")]


def test_evidence_that_changed_since_the_export_is_refused(steward):
    pair = asked.pair()

    taken = take(
        f"pair,answer,evidence_digest\n{pair.pk},merge,another\n", steward
    )  # fmt: skip

    assert "has changed while you read it" in taken.faults[0].sentence


def test_what_somebody_reads_now_is_refused(steward):
    pair = asked.pair()
    queue.claim(candidate_id=pair.pk, by=asked.steward(), at=AT)

    assert (
        "reads it now"
        in take(f"pair,answer\n{pair.pk},merge\n", steward).faults[0].sentence
    )


def test_a_second_reading_of_ones_own_answer_is_refused(steward):
    pair = asked.pair(is_read_again=True)
    say(pair, "merge", steward)

    assert len(take(f"pair,answer\n{pair.pk},merge\n", steward).faults) == 1


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", "pair,answer\n1,\n", 'pair,answer\n"1,merge\n1' + "x" * 200_000],
    ids=["empty", "columns", "no answers", "no csv"],
)
def test_what_is_no_such_file_is_refused(steward, text):
    with pytest.raises(queue.Unreadable):
        take(text, steward)


def test_more_than_so_many_are_refused(steward):
    lines = "".join(f"{number},merge\n" for number in range(importing.MOST_ROWS + 1))

    with pytest.raises(queue.Unreadable):
        take(f"pair,answer\n{lines}", steward)


def test_nobody_but_a_steward_sends_one():
    with pytest.raises(queue.NotASteward):
        take("pair,answer\n1,merge\n", make.user())


def test_the_exported_queue_comes_back_with_answers(steward):
    pair = asked.pair()
    client = as_(steward)
    exported = b"".join(client.get("/review/export.csv")).decode()
    head, line, *_ = exported.splitlines()
    file = SimpleUploadedFile(
        "queue.csv", f"{head},answer\r\n{line},household\r\n".encode("utf-8-sig")
    )

    read = client.post("/review/import/", {"file": file})
    taken = client.post(
        "/review/import/", {"text": read.context["text"], "take": "yes"}, follow=True
    )

    assert "1 answer, and nothing stands against them." in words(read)
    assert "1 pair answered by your file." in words(taken)
    assert state(pair)[0] == "household"


def test_faults_stand_on_the_page_by_their_line(steward):
    pair = asked.pair()

    page = as_(steward).post(
        "/review/import/", {"text": f"pair,answer\n{pair.pk},perhaps", "take": "yes"}
    )

    assert page.status_code == 409
    assert "2 “perhaps” is no answer a file gives" in words(page)
    assert MatchCandidate.objects.get().status == "pending"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose the file with your answers first."),
        (
            {"file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00")},
            "The file is no text in UTF-8.",
        ),
    ],
    ids=["nothing", "no text"],
)
def test_what_cannot_be_read_is_said_on_the_page(steward, sent, sentence):
    page = as_(steward).post("/review/import/", sent)

    assert (page.status_code, sentence in words(page)) == (409, True)


def test_whoever_only_reads_is_refused():
    page = as_(make.user()).post("/review/import/", {"text": "pair,answer\n1,merge"})

    assert page.status_code == 403
