"""Which files of the inbox are new, in which order, and which lie where none should."""

import pytest

from measurement import inbox
from measurement.inbox import NewFile, UnknownPlace
from measurement.models import Night, NightStep
from tests import make
from tests.make import moment
from tests.measurement.loading import ORDERS, remap, stream, to_the_end

pytestmark = pytest.mark.django_db

AT = moment("2026-06-01")
ROWS = "id,at\n1,2026-01-01T00:00Z\n"


@pytest.fixture
def folder(tmp_path, settings):
    settings.RAW = tmp_path / "raw"
    return tmp_path / "inbox"


@pytest.fixture
def till():
    return stream(ORDERS, grain="order", of=make.system("till"), key="orders")


@pytest.fixture
def step():
    night = Night.objects.create(started_at=AT)
    return NightStep.objects.create(
        night=night, position=7, task="measurement.find_files", label="Files"
    )


def drop(folder, place, content=ROWS):
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def names(folder):
    return [
        file.path.relative_to(folder).as_posix() for file in inbox.new_files(folder)
    ]


def load_all(folder, step):
    """Load every new file of the inbox, as a night would."""
    inbox.plan(step=step, files=inbox.new_files(folder))
    for planned in step.night.steps.exclude(pk=step.pk):
        page, run = inbox.load_page(step=planned, at=AT)
        assert not page.more, run


def test_a_mapping_that_comes_back_brings_its_rows_back(folder, till, step):
    drop(
        folder, "till/orders/monday.csv", "id,at,late\n1,2026-01-01T00:00Z,2026-01-02\n"
    )
    load_all(folder, step)
    remap(till, ORDERS.replace('"at"', '"late"'))
    later = Night.objects.create(started_at=AT, state="done")
    load_all(
        folder, NightStep.objects.create(night=later, position=7, task="x", label="x")
    )
    remap(till, ORDERS)

    assert names(folder) == ["till/orders/monday.csv"]


def test_a_file_is_found_with_its_stream_and_under_its_name(folder, till):
    path = drop(folder, "till/orders/monday.csv")

    assert inbox.new_files(folder) == [
        NewFile(till.pk, "till/orders: monday.csv", path)
    ]


def test_an_inbox_that_is_not_there_has_no_files(folder, till):
    assert inbox.new_files(folder) == []


def test_shops_come_before_crms_and_crms_before_web_trackers(folder):
    for key, kind in [("a", "web"), ("b", "crm"), ("c", "shop"), ("d", "ads")]:
        stream(ORDERS, grain="order", of=make.system(key, kind=kind))
        drop(folder, f"{key}/rows/rows.csv")

    assert names(folder) == [
        "c/rows/rows.csv",
        "b/rows/rows.csv",
        "a/rows/rows.csv",
        "d/rows/rows.csv",
    ]


def test_systems_of_one_kind_come_by_name(folder):
    for key in ("b", "a"):
        stream(ORDERS, grain="order", of=make.system(key))
        drop(folder, f"{key}/rows/rows.csv")

    assert names(folder) == ["a/rows/rows.csv", "b/rows/rows.csv"]


def test_streams_come_in_the_order_of_their_mapping_file(folder):
    system = make.system("till")
    for key, position in [("returns", 3), ("wares", 1), ("orders", 2)]:
        made = stream(ORDERS, grain="order", of=system, key=key)
        made.position = position
        made.save()
        drop(folder, f"till/{key}/rows.csv")

    assert names(folder) == [
        "till/wares/rows.csv",
        "till/orders/rows.csv",
        "till/returns/rows.csv",
    ]


def test_files_of_a_stream_come_by_name(folder, till):
    for name in ("2026-03-02", "2026-02-28", "2026-03-01"):
        drop(folder, f"till/orders/{name}.csv")

    assert names(folder) == [
        "till/orders/2026-02-28.csv",
        "till/orders/2026-03-01.csv",
        "till/orders/2026-03-02.csv",
    ]


@pytest.mark.parametrize("name", [".DS_Store", ".orders.csv.part"])
@pytest.mark.parametrize("place", ["till/orders", "elsewhere", "."])
def test_hidden_files_are_nobodys_wherever_they_lie(folder, till, place, name):
    drop(folder, f"{place}/{name}")

    assert inbox.new_files(folder) == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("till/orders.csv", "till"),
        ("till/visits/orders.csv", "till/visits"),
        ("web/orders/orders.csv", "web/orders"),
        ("till/orders/2026/orders.csv", "till/orders/2026"),
        ("orders.csv", "the inbox itself"),
    ],
)
def test_a_file_where_no_stream_looks_is_told_where_to_lie(folder, till, place, said):
    drop(folder, place)

    with pytest.raises(UnknownPlace) as refused:
        inbox.new_files(folder)

    assert str(refused.value) == (
        f"orders.csv lies in {said}, which is no stream's place. Put it into "
        f"<system>/<stream>/ of the inbox, or register the stream: manage.py load FILE "
        f"--mapping MAPPING.toml."
    )


def test_a_stream_without_a_mapping_has_no_place_yet(folder):
    make.stream("orders", of=make.system("till"))
    drop(folder, "till/orders/orders.csv")

    with pytest.raises(UnknownPlace, match=r"^orders\.csv lies in till/orders"):
        inbox.new_files(folder)


def test_a_file_that_was_loaded_is_not_new(folder, till, step):
    drop(folder, "till/orders/monday.csv")

    load_all(folder, step)

    assert inbox.new_files(folder) == []


def test_what_was_loaded_is_not_new_under_another_name(folder, till, step):
    path = drop(folder, "till/orders/monday.csv")
    load_all(folder, step)

    path.rename(path.with_name("tuesday.csv"))

    assert inbox.new_files(folder) == []


def test_a_file_whose_content_changed_is_new(folder, till, step):
    drop(folder, "till/orders/monday.csv")
    load_all(folder, step)

    drop(folder, "till/orders/monday.csv", ROWS + "2,2026-01-02T00:00Z\n")

    assert names(folder) == ["till/orders/monday.csv"]


def test_a_changed_mapping_makes_its_files_new(folder, till, step):
    drop(folder, "till/orders/monday.csv")
    load_all(folder, step)

    remap(till, ORDERS.replace('"at"', '{ column = "at", zone = "Asia/Tokyo" }'))

    assert names(folder) == ["till/orders/monday.csv"]


def test_the_same_content_is_new_to_another_stream(folder, till, step):
    drop(folder, "till/orders/monday.csv")
    load_all(folder, step)

    stream(ORDERS, grain="order", of=till.system, key="archive")
    drop(folder, "till/archive/monday.csv")

    assert names(folder) == ["till/archive/monday.csv"]


def test_each_file_is_a_step_behind_the_one_that_found_it(folder, till, step):
    paths = [drop(folder, f"till/orders/{name}.csv", name) for name in ("a", "b")]

    inbox.plan(step=step, files=inbox.new_files(folder))

    assert list(
        step.night.steps.values_list("position", "task", "label", "arguments")
    ) == [
        (7, "measurement.find_files", "Files", {}),
        *(
            (
                position,
                "measurement.sync_page",
                f"till/orders: {path.name}",
                {"stream": till.pk, "path": str(path)},
            )
            for position, path in zip((8, 9), paths, strict=True)
        ),
    ]


def test_a_long_name_is_shortened_for_its_step_only(folder, till, step):
    path = drop(folder, f"till/orders/{'x' * 200}.csv")

    inbox.plan(step=step, files=inbox.new_files(folder))

    planned = step.night.steps.get(position=8)
    assert (planned.label, planned.arguments["path"]) == (
        f"till/orders: {'x' * 200}"[:120],
        str(path),
    )


def test_the_next_page_goes_on_with_the_run_of_the_first(folder, till, step, settings):
    settings.SYNC_PAGE_ROWS = 1
    drop(folder, "till/orders/monday.csv", ROWS + "2,2026-01-02T00:00Z\n")
    inbox.plan(step=step, files=inbox.new_files(folder))
    planned = step.night.steps.get(position=8)

    first, begun = inbox.load_page(step=planned, at=AT)
    planned.cursor = {"run": begun.pk}
    second, followed = inbox.load_page(step=planned, at=AT)

    assert (first.rows_in, first.more, second.rows_in) == (1, True, 1)
    assert (followed.pk, followed.rows_in) == (begun.pk, 2)
    assert to_the_end(followed).written == 2


@pytest.mark.parametrize(
    ("files", "sentence"),
    [(0, "No new file."), (1, "1 new file."), (2, "2 new files.")],
)
def test_how_many_were_found_is_said_in_words(folder, till, files, sentence):
    for number in range(files):
        drop(folder, f"till/orders/{number}.csv")

    assert inbox.summary(inbox.new_files(folder)) == sentence
