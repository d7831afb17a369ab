"""``bin/set-up`` where something is missing, old, or in the way."""

import subprocess

import pytest

from tests.test_set_up import PYTHON, SHIM, SYNC, UV, VENV, clone

# The fixture of the plain cases is that of the odd ones.
__all__ = ["clone"]

# A uv that may not fetch the wanted Python, and finds a neighbour.
UV_WITH_A_NEIGHBOUR = UV.replace(
    "[ -e",
    'case "$*" in *"--python 3.13"*) echo "error: no such download"; exit 2;; esac\n[ -e',
    1,
)
# A uv that says where it keeps what it fetched.
UV_WITH_A_CACHE = UV.replace(
    'echo "$@" >> asked', 'echo "$@ ${UV_CACHE_DIR#$PWD/}" >> asked', 1
)
NO_PIP = PYTHON.replace("exit 0\n", 'echo "ERROR: no network"; exit 1\n', 1).replace(
    '[ "$3" = install ]', '[ "$3" = --version ] && exit 0\n[ "$3" = never ]'
)


def test_another_python_is_wanted_and_the_environment_is_looked_at_again(clone):
    clone.set_up()
    clone.asked()
    clone.write(".python-version", "3.14\n")

    clone.set_up()

    assert clone.asked() == [SYNC]


def test_an_environment_of_too_old_a_python_is_made_anew(clone):
    clone.write(".venv/bin/python", "#!/bin/sh\nexit 1\n")

    clone.set_up()

    assert clone.asked() == [VENV, SYNC]


def test_a_neighbouring_python_will_do_and_it_is_said(clone):
    clone.write("path/uv", UV_WITH_A_NEIGHBOUR)

    ended = clone.set_up()

    assert (ended.returncode, clone.asked()) == (
        0,
        [VENV, "venv --quiet --clear --no-project --python >=3.12 .venv", SYNC],
    )
    assert ended.stderr.startswith("Python 3.13 could not be had; going on with Python")


def test_a_lock_that_cannot_be_written_is_said_in_one_sentence(clone):
    clone.write("refuse-pip", "")
    before = (clone.folder / "requirements.lock").read_text()

    ended = clone.set_up("lock")

    assert (ended.returncode, ended.stderr) == (
        1,
        "plumbline: requirements.lock could not be written: error: the pip of today is "
        "closed (var/set-up.log has it all)\n",
    )
    assert (clone.folder / "requirements.lock").read_text() == before


def test_a_lock_is_written_even_where_everything_is_ready(clone):
    clone.set_up()
    clone.asked()

    clone.set_up("lock")

    assert [line.split()[:2] for line in clone.asked()] == [
        ["pip", "compile"],
        ["pip", "sync"],
    ]


def test_neither_uv_nor_a_way_to_fetch_it_is_said_in_one_sentence(clone):
    clone.write("path/uv", SHIM)
    clone.write("path/python3", NO_PIP)

    ended = clone.set_up()

    assert (ended.returncode, ended.stderr.splitlines()) == (
        1,
        [
            "Fetching uv into .uv/ (once).",
            "plumbline: pip could not fetch uv: ERROR: no network (var/set-up.log has it "
            "all)",
        ],
    )
    assert clone.asked() == []


def test_a_uv_that_was_fetched_before_is_not_fetched_again(clone):
    clone.write("path/uv", SHIM)
    clone.write(".uv/bin/uv", UV)

    clone.set_up()

    assert clone.asked() == [VENV, SYNC]


@pytest.mark.parametrize("home", [None, "/nowhere/at/all"])
def test_without_a_home_what_is_fetched_is_kept_in_the_folder(clone, home):
    clone.write("path/uv", UV_WITH_A_CACHE)
    given = {"PATH": f"{clone.folder}/path:/usr/bin:/bin"}

    subprocess.run(
        ["bash", "bin/set-up"],
        cwd=clone.folder,
        env=given | ({"HOME": home} if home else {}),
        check=True,
        capture_output=True,
    )

    assert clone.asked() == [f"{VENV} .uv/cache", f"{SYNC} .uv/cache"]


def test_it_sets_up_its_own_folder_from_wherever_it_is_called(clone, tmp_path_factory):
    subprocess.run(
        ["bash", str(clone.folder / "bin" / "set-up")],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env={"PATH": f"{clone.folder}/path:/usr/bin:/bin", "HOME": str(clone.folder)},
        check=True,
        capture_output=True,
    )

    assert clone.asked() == [VENV, SYNC]


def test_only_the_stamp_of_what_is_there_now_is_left(clone):
    clone.set_up()
    clone.write("requirements.lock", "another==1.0\n")

    clone.set_up()

    assert len(list((clone.folder / ".venv").glob("ready-*"))) == 1


def test_how_many_packages_there_are_is_said_before_they_are_fetched(clone):
    clone.write(
        "requirements.lock", "one==1.0 \\\n    --hash=x\n    # via two\ntwo==2\n"
    )

    ended = clone.set_up()

    assert ended.stderr.startswith("Setting up 2 packages on Python 3.")
