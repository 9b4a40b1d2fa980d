"""The wheel carries all it needs: it works in an empty folder, far from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, empty: Path, *words: str, stdin: str = "") -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(empty / "cache")}
    done = subprocess.run(
        [sys.executable, *words], cwd=empty, env=environment, input=stdin, text=True, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_answers_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    line = run(installed, tmp_path, "-m", "bot.cli", "ask", "--json", stdin="where should the CCO report?\n")
    assert json.loads(line)["cards"][0]["id"] == "reporting-line"


def test_knowledge_templates_and_manifest_travel_inside(installed: Path, tmp_path: Path) -> None:
    show = "from bot import resources as r; print(r.KNOWLEDGE, r.TEMPLATES, r.MANIFEST)"
    for place in run(installed, tmp_path, "-c", show).split():
        assert Path(place).exists()
        assert Path(place).is_relative_to(installed)


def test_the_knowledge_in_it_is_in_order(installed: Path, tmp_path: Path) -> None:
    assert "in order" in run(installed, tmp_path, "-m", "bot.cli", "knowledge", "check")
