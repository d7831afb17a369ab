"""What was loaded when, from which file, and how it ended."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from governance.models import SourceStream


class KeptFile(models.Model):
    """A file as it came, kept under the digest of its content: the raw record.

    ``plain`` is the same content unpacked, where the file came packed or in another
    encoding; it can be made again from the file at any time.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.TextField()
    size = models.BigIntegerField()
    path = models.TextField()
    plain_path = models.TextField()
    layout = models.CharField(
        max_length=10, choices=[("csv", "CSV"), ("ndjson", "NDJSON")]
    )
    # Where each file inside an archive begins: [[name, first byte, first line], ...]
    parts = models.JSONField(default=list)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Night(models.Model):
    """The whole line run once: sync, stitch, refresh, check, publish."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            UniqueConstraint(
                fields=["state"],
                condition=Q(state="running"),
                name="one_night_runs_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Night {self.pk}"


class NightStep(models.Model):
    """One step of a night: what it read, what became of it, how long it took.

    ``task`` is the name of the task that does one page of it; ``cursor`` is where the
    next page begins; ``lease_until`` is when somebody else may take it over.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    night = models.ForeignKey(Night, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    task = models.CharField(max_length=80)
    label = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    arguments = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    rows_in = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    peak_mb = models.FloatField(default=0)
    message = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["night", "position"]
        constraints = [
            UniqueConstraint(fields=["night", "position"], name="steps_are_in_order"),
            CheckConstraint(
                condition=Q(rows_in=F("written") + F("unchanged") + F("rejected")),
                name="step_rows_add_up",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class SyncRun(models.Model):
    """One file loaded through one stream's mapping. Its rows add up, at every page."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    stream = models.ForeignKey(
        SourceStream, on_delete=models.PROTECT, related_name="runs"
    )
    file = models.ForeignKey(KeptFile, on_delete=models.PROTECT, related_name="runs")
    mapping_digest = models.CharField(max_length=64)
    # The mapping as it was, so that the run can be explained and repeated.
    mapping = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Where the next page begins: byte offset and line number in the plain file.
    offset = models.BigIntegerField(default=0)
    line = models.BigIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    rows_in = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    # Rows written per canonical entity.
    per_entity = models.JSONField(default=dict)
    # Rows that name a row no file has brought: {"<system id> <entity>": how many}.
    waits_for = models.JSONField(default=dict)
    # Columns seen for the first time or no longer there, in words.
    notes = models.JSONField(default=list)
    columns = models.JSONField(default=list)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            UniqueConstraint(
                fields=["stream"],
                condition=Q(state="running"),
                name="one_run_per_stream_at_a_time",
            ),
            CheckConstraint(
                condition=Q(rows_in=F("written") + F("unchanged") + F("rejected")),
                name="run_rows_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} run {self.pk}"


class RejectedRow(models.Model):
    """A row that could not be taken in: its text, its place, and why, in words."""

    run = models.ForeignKey(SyncRun, on_delete=models.PROTECT, related_name="rejects")
    line = models.BigIntegerField()
    field = models.CharField(max_length=80, blank=True, default="")
    reason = models.TextField()
    text = models.TextField()

    class Meta:
        ordering = ["run", "line"]
        constraints = [
            UniqueConstraint(fields=["run", "line"], name="row_is_rejected_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class SeenKey(models.Model):
    """How many rows of a key a running run has met: a file's pages know each other.

    Gone when the run ends. By it the first row of an order describes the order, however
    its lines fall into pages, and lines are numbered through.
    """

    pk = models.CompositePrimaryKey("run_id", "entity", "key")
    run = models.ForeignKey(
        SyncRun, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    entity = models.CharField(max_length=40)
    key = models.TextField()
    rows = models.IntegerField()
    # By what each of them is known again, where a row that repeats another is flagged.
    prints = ArrayField(models.BigIntegerField(), default=list)

    def __str__(self) -> str:
        return f"{self.entity} {self.key}: {self.rows}"


class Schedule(models.Model):
    """A task that is due again and again.

    Whoever ticks moves ``due_at`` on in the transaction that enqueues the task, so two
    who tick at once enqueue it once.
    """

    task = models.CharField(max_length=80, unique=True)
    every_seconds = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(every_seconds__gt=0), name="schedule_has_a_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} every {self.every_seconds} s"
