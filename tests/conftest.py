"""What several test files share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real archives; in CI its absence is a failure, elsewhere a skip."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the real archives are absent: {folder}")
        pytest.skip(f"the real archives are absent: {folder}")
    return folder
