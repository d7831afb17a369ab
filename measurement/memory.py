"""How much memory a process has held."""

from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """Return the most memory this program has held at once, in MB (2**20 bytes).

    `getrusage` would also count the process that started this one, up to the
    moment it began its own program: a small task beside a large parent looks large.
    """
    lines = _STATUS.read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024
