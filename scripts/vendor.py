"""Copies what the pages need of node_modules to static/vendor/, which is never committed."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

# Name in static/vendor/ -> file in node_modules/. The .d.ts files are read by tsc only.
COPIES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "htmx.esm.js": "htmx.org/dist/htmx.esm.min.js",
    "htmx.esm.d.ts": "htmx.org/dist/htmx.d.ts",
    "pdf.js": "pdfjs-dist/build/pdf.min.mjs",
    "pdf.worker.js": "pdfjs-dist/build/pdf.worker.min.mjs",
    "perfect-freehand.js": "perfect-freehand/dist/esm/index.mjs",
    "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
}
# These bundles have no types of their own; the packages beside them have.
TYPES = {
    "pdf.d.ts": "pdfjs-dist",
    "perfect-freehand.d.ts": "perfect-freehand",
    "socket.io.esm.min.d.ts": "socket.io-client",
}


def copy_files() -> None:
    """Copy the files, without the lines that point at source maps we do not serve."""
    for name, source in COPIES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        text = re.sub(r"^(//|/\*)# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
        (VENDOR / name).write_text(text.rstrip() + "\n", encoding="utf-8")
    # What a PDF file may leave to its reader: fonts that each of them has.
    shutil.copytree(MODULES / "pdfjs-dist" / "standard_fonts", VENDOR / "pdf-fonts")
    for name, package in TYPES.items():
        (VENDOR / name).write_text(f'export * from "{package}";\n', encoding="utf-8")


def sprite(names: list[str]) -> str:
    """Return one SVG that holds each icon as a symbol with the icon's name as its id."""
    symbols = [symbol(name) for name in names]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def symbol(name: str) -> str:
    """Return one icon as a symbol that takes the colour of the text around it."""
    drawing = (MODULES / "bootstrap-icons" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    view = re.search(r'viewBox="([^"]+)"', drawing)
    inside = re.search(r"<svg[^>]*>(.*)</svg>", drawing, flags=re.DOTALL)
    if view is None or inside is None:
        sys.exit(f"vendor: the icon {name} is not the SVG that was expected.")
    paths = re.sub(r"\s*\n\s*", "", inside[1])
    return f'<symbol id="{name}" viewBox="{view[1]}" fill="currentColor">{paths}</symbol>'


def main() -> None:
    """Fill static/vendor/ anew."""
    if VENDOR.exists():
        shutil.rmtree(VENDOR)
    VENDOR.mkdir(parents=True)
    copy_files()
    names = (ROOT / "scripts" / "icons.txt").read_text(encoding="utf-8").split()
    (VENDOR / "icons.svg").write_text(sprite(names), encoding="utf-8")


if __name__ == "__main__":
    main()
