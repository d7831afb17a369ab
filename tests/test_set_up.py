"""``bin/set-up``: what it does once, what it does again, and what it says when it cannot."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Stands for uv: writes down what it was asked, and makes the environment it is asked for.
UV = f"""#!/bin/sh
[ "$1" = --version ] && exit 0
echo "$@" >> asked
[ -e "refuse-$1" ] && {{ echo "error: the $1 of today is closed"; exit 2; }}
[ "$1" = venv ] && mkdir -p .venv/bin && ln -sf {sys.executable} .venv/bin/python
exit 0
"""
# Stands for a version manager's shim: in the PATH, and of no use in this folder.
SHIM = "#!/bin/sh\necho 'uv: command not found in this version'; exit 127\n"
# Stands for a Python whose pip fetches uv.
PYTHON = """#!/bin/sh
[ "$3" = install ] && { mkdir -p .uv/bin; cp fetched-uv .uv/bin/uv; echo pip "$@" >> asked; }
exit 0
"""
VENV = "venv --quiet --clear --python 3.13 .venv"
SYNC = "pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock"


@dataclass
class Clone:
    """A fresh clone, as far as setting it up goes."""

    folder: Path

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def set_up(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "bin/set-up", *arguments],
            cwd=self.folder,
            env={"PATH": f"{self.folder}/path:/usr/bin:/bin", "HOME": str(self.folder)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def asked(self) -> list[str]:
        """Return what was asked since the last time."""
        written = self.folder / "asked"
        lines = written.read_text().splitlines() if written.exists() else []
        written.unlink(missing_ok=True)
        return lines


@pytest.fixture
def clone(tmp_path):
    made = Clone(tmp_path)
    for name in ("bin/set-up", "requirements.lock", ".python-version"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    made.write("path/uv", UV)
    return made


def test_the_first_time_makes_the_environment_and_fills_it(clone):
    ended = clone.set_up()

    assert (ended.returncode, clone.asked()) == (0, [VENV, SYNC])


def test_the_second_time_does_nothing(clone):
    clone.set_up()
    clone.asked()

    ended = clone.set_up()

    assert (ended.returncode, ended.stderr, clone.asked()) == (0, "", [])


def test_another_lock_fills_it_again(clone):
    clone.set_up()
    clone.asked()
    clone.write("requirements.lock", "another==1.0\n")

    clone.set_up()

    assert clone.asked() == [SYNC]


def test_an_interrupted_time_is_done_again(clone):
    clone.write("refuse-pip", "")
    clone.set_up()
    (clone.folder / "refuse-pip").unlink()
    clone.asked()

    ended = clone.set_up()

    assert (ended.returncode, clone.asked()) == (0, [SYNC])


def test_a_uv_that_does_not_run_here_is_passed_over_for_one_of_our_own(clone):
    clone.write("path/uv", SHIM)
    clone.write("path/python3", PYTHON)
    clone.write("fetched-uv", UV)

    ended = clone.set_up()

    assert (ended.returncode, clone.asked()) == (
        0,
        ["pip -m pip install --quiet --upgrade --target .uv uv", VENV, SYNC],
    )


def test_packages_that_cannot_be_had_are_said_in_one_sentence(clone):
    clone.write("refuse-pip", "")

    ended = clone.set_up()

    assert (ended.returncode, ended.stderr.splitlines()[1:]) == (
        1,
        [
            "plumbline: The packages of requirements.lock could not be installed: "
            "error: the pip of today is closed (var/set-up.log has it all)"
        ],
    )


def test_a_python_that_cannot_be_had_is_said_in_one_sentence(clone):
    clone.write("refuse-venv", "")

    ended = clone.set_up()

    assert (ended.returncode, ended.stderr) == (
        1,
        "plumbline: Python 3.13 is not here and could not be fetched: "
        "error: the venv of today is closed (var/set-up.log has it all)\n",
    )


def test_a_new_lock_is_written_without_a_host_and_installed(clone):
    ended = clone.set_up("lock")

    assert (ended.returncode, clone.asked()) == (
        0,
        [
            "pip compile --quiet --universal --generate-hashes --no-header "
            "--no-emit-index-url --group dev --output-file requirements.lock "
            "pyproject.toml",
            VENV,
            SYNC,
        ],
    )


def test_two_at_once_fill_it_once(clone):
    command = ["bash", "bin/set-up"]
    both = [
        subprocess.Popen(
            command,
            cwd=clone.folder,
            env={"PATH": f"{clone.folder}/path:/usr/bin:/bin"},
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]

    ended = [one.wait() for one in both]

    assert (ended, clone.asked()) == ([0, 0], [VENV, SYNC])
