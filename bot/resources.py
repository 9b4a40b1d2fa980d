"""Where the knowledge, the templates and the manifest are: in the checkout, or inside the installed package."""

from pathlib import Path

PACKAGE = Path(__file__).parent
SHIPPED = PACKAGE / "_shipped"
ROOT = SHIPPED if SHIPPED.is_dir() else PACKAGE.parent

KNOWLEDGE = ROOT / "knowledge"
TEMPLATES = ROOT / "templates"
MANIFEST = ROOT / "manifest.json"
