"""What reporting's tests share: a snapshot folder of their own."""

from pathlib import Path

import pytest
from django.test import Client

from reporting import metrics
from tests import make


@pytest.fixture(autouse=True)
def snapshot_folder(settings, tmp_path: Path) -> Path:
    settings.SNAPSHOT = tmp_path / "snapshot"
    return settings.SNAPSHOT


@pytest.fixture
def however_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what is true of two people, so that a spec can be drawn."""
    monkeypatch.setattr(metrics, "MIN_N", 1)


@pytest.fixture
def reader(client: Client) -> Client:
    """A browser whose user may read, and nothing else."""
    client.force_login(make.user())
    return client
