"""Sessions of Spark for tests: on loopback, with all their files in a temporary folder, stopped also on a failure."""
import contextlib
import os
import sys
import tempfile
from pathlib import Path

import pyspark

TOP = Path(__file__).resolve().parents[3]
PACKAGE = TOP / "bindings/python"


@contextlib.contextmanager
def home(library, long=False):
    """A folder to work in. The driver imports the package from the checkout, executors only where they inherit that.
    A run that isn't long saves the time that Java's second compiler takes."""
    with tempfile.TemporaryDirectory(prefix="cc-spark") as folder:
        # A local cluster writes to SPARK_HOME/work, so Spark's home is a folder of links.
        for entry in os.scandir(os.path.dirname(pyspark.__file__)):
            if entry.name != "work":
                os.symlink(entry.path, os.path.join(folder, entry.name))
        os.environ.update(
            SPARK_HOME=folder, SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=folder, PYSPARK_PYTHON=sys.executable,
            CLOUDCIRCUIT_LIBRARY=str(Path(library).resolve()), PYTHONDONTWRITEBYTECODE="1",
            **({} if long else {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}))
        os.environ.pop("PYTHONPATH", None)
        sys.path.insert(0, str(PACKAGE))
        yield folder


@contextlib.contextmanager
def session(master, **settings):
    builder = pyspark.sql.SparkSession.builder.master(master)
    defaults = {"ui.enabled": "false", "sql.shuffle.partitions": "4", "sql.session.timeZone": "UTC",
                "sql.warehouse.dir": os.path.join(os.environ["SPARK_HOME"], "warehouse"),
                "ui.showConsoleProgress": "false", "sql.adaptive.enabled": "false", "log.level": "ERROR", "driver.memory": "2g"}
    for name, value in {**defaults, **settings}.items():
        builder = builder.config("spark." + name, value)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()
