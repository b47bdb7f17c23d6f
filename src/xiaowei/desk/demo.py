"""A simulated county in; a run over its files out."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from xiaowei.desk.home import Home
from xiaowei.desk.line import Order
from xiaowei.desk.running import Publish, run_folders
from xiaowei.desk.stopwatch import Progress
from xiaowei.money import Fen
from xiaowei.simulate.county import write_county

UNTIL: Final = date(2025, 6, 30)
FIRMS: Final = 300
BUDGET_FEN: Final = 3_000_000_000
"""30 million yuan: about a tenth of a county's firms can have the largest loan."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demonstration came to.

    Args:
        sources: the folder of files, as the county's sources delivered them.
        truth: the folder of what is true; no stage reads it.
        document: the run.
    """

    sources: Path
    truth: Path
    document: dict[str, Any]


def make_demo(
    home: Home,
    folder: Path,
    *,
    seed: int,
    budget_fen: Fen = BUDGET_FEN,
    progress: Progress,
    publish: Publish,
) -> Demo:
    """Simulate a county and run the whole line over it.

    Args:
        home: the workspace.
        folder: where the county is written; one that was made with the same seed
            before is used again.
        seed: of the county.
        budget_fen: what may be lent.
        progress: is told what begins.
        publish: writes the run for people.
    """
    county = folder / f"county-{seed}"
    if not county.exists():
        progress("simulate")
        write_county(county, seed=seed, firms=FIRMS, until=UNTIL)
    sources, truth = county / "sources", county / "truth"
    document = run_folders(
        home,
        [sources],
        Order(budget_fen=budget_fen, as_of=UNTIL),
        received_on=UNTIL,
        progress=progress,
        publish=publish,
    )
    return Demo(sources, truth, document)
