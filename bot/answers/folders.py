"""Which files the knowledge consists of, and the digest of their content."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

FORMAT = "3"  # part of the content hash: raise it when the same files must be compiled anew


def content_hash(folders: Iterable[Path]) -> str:
    """A digest of every knowledge file's name and content, in order."""
    digest = hashlib.sha256(FORMAT.encode())
    for folder in folders:
        for path in knowledge_files(folder):
            digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode())
            with suppress(OSError):  # it is told as a problem when it is read
                digest.update(path.read_bytes())
    return digest.hexdigest()


def knowledge_files(folder: Path) -> list[Path]:
    """Cards, then the YAML files, each in order of name."""
    return [*card_paths(folder), *sorted(folder.glob("*.yaml")), *sorted((folder / "checks").glob("*.yaml"))]


def card_paths(folder: Path) -> list[Path]:
    """A folder's cards: in `cards/`, or in the folder itself where a company keeps just a few."""
    cards = folder / "cards"
    paths = sorted(cards.glob("*.md")) if cards.is_dir() else sorted(folder.glob("*.md"))
    return [path for path in paths if path.name.upper() != "README.MD"]
