"""Where the public data sets lie beside the project; tests without them are skipped."""

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CUMCM = _DATA / "cumcm2020c"
SBA = _DATA / "sba"

needs_cumcm = pytest.mark.skipif(
    not CUMCM.is_dir(), reason="the public set cumcm2020c is not beside the project"
)
needs_sba = pytest.mark.skipif(
    not SBA.is_dir(), reason="the public set sba is not beside the project"
)
