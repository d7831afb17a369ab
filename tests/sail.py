"""An engine that answers as Spark does, started for a test: no Java, one process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def listening() -> Iterator[str]:
    """Start it, and give its address."""
    from pysail.spark import SparkConnectServer

    # A worker of the tests was started from no file, and PySpark takes that for doctests.
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):
        main.__file__ = __file__
    server = SparkConnectServer()
    server.start(background=True)
    _, port = server.listening_address
    try:
        yield f"sc://localhost:{port}"
    finally:
        server.stop()
