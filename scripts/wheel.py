"""Puts pages, behaviour and translations into the wheel, so that an installed portal starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Beside the package in a checkout; within it once installed (see portal.ROOT).
FOLDERS = ("templates", "static", "translations")


class CustomBuildHook(BuildHookInterface):
    """Runs before each build of a wheel; one for development reads the checkout itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name what goes in beside the code.

        :raise RuntimeError: ``make setup`` has not made the front end or the catalogues yet.
        """
        if version == "editable":
            return
        root = Path(self.root)
        sources = root.glob("translations/*/LC_MESSAGES/*.po")
        made = [root / "static" / "vendor" / "icons.svg", *(p.with_suffix(".mo") for p in sources)]
        missing = [str(path.relative_to(root)) for path in made if not path.is_file()]
        if missing:
            message = f"A wheel without {', '.join(missing)} would not work: run `make setup`."
            raise RuntimeError(message)
        build_data["force_include"].update({name: f"portal/files/{name}" for name in FOLDERS})
