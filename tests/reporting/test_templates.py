"""What holds for every template and every file we took from others."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
VENDORED = sorted(
    [
        *(settings.BASE_DIR / "templates" / "static" / "vendor").glob("*/VERSION"),
        *(settings.BASE_DIR / "tests" / "vendor").glob("*/VERSION"),
    ]
)
# Drawings need no introduction.
PAGES = [path for path in TEMPLATES if path.parent.name != "icons"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_style_or_a_script_in_it(path: Path):
    text = path.read_text()

    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|<script>|javascript:", text) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_template_says_what_it_is(path: Path):
    beginning = "\n".join(path.read_text().splitlines()[:4])

    assert "{% comment %}" in beginning


@pytest.mark.parametrize("path", VENDORED, ids=lambda path: path.parent.name)
def test_what_we_took_is_what_we_say_it_is(path: Path):
    promised = re.findall(r"^sha256 ([0-9a-f]{64})", path.read_text(), re.MULTILINE)
    taken = [
        hashlib.sha256(file.read_bytes()).hexdigest()
        for file in path.parent.iterdir()
        if file.suffix in {".js", ".woff2"}
    ]

    assert sorted(taken) == sorted(promised)
    assert promised != []
    assert list(path.parent.glob("LICENSE*")) != []
