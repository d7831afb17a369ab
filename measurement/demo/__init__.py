"""The demo's source files: real baskets, and the people we had to make up for them."""

from measurement.demo.files import (
    SYSTEMS,
    WHAT_IS_GENERATED,
    DemoFile,
    write_demo_files,
)
from measurement.demo.truth import TRUTH

__all__ = ["SYSTEMS", "TRUTH", "WHAT_IS_GENERATED", "DemoFile", "write_demo_files"]
