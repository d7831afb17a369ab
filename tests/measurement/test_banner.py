"""The warnings every page shows until somebody has put them right."""

import pytest

from measurement import banner


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("ONE_DATABASE_ROLE", banner.ONE_ROLE),
        ("DEBUG", banner.DEBUGGING),
        ("EMBEDDED", banner.EMBEDDED),
    ],
)
def test_each_weakness_has_its_warning(name, warning, settings, rf):
    _sound(settings)
    setattr(settings, name, True)

    assert banner.banner(rf.get("/")) == {"installation_warnings": [warning]}


def test_the_most_serious_comes_first(settings, rf):
    settings.ONE_DATABASE_ROLE = settings.DEBUG = settings.EMBEDDED = True

    assert banner.banner(rf.get("/"))["installation_warnings"] == [
        banner.ONE_ROLE,
        banner.DEBUGGING,
        banner.EMBEDDED,
    ]


def test_a_sound_installation_has_none(settings, rf):
    _sound(settings)

    assert banner.banner(rf.get("/")) == {"installation_warnings": []}


def _sound(settings):
    settings.ONE_DATABASE_ROLE = settings.DEBUG = settings.EMBEDDED = False
