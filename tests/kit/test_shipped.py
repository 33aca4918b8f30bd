"""The plugins that come along pass the check that authors are told to run."""

from __future__ import annotations

import pytest

from portal.kit.findings import OURS
from portal.pluginhost.loader import find
from tests.kit import variants

pytestmark = [pytest.mark.kit, pytest.mark.requirement("PLG-6")]
SHIPPED = sorted(point.name for point in find() if point.dist and point.dist.name == OURS)


def test_the_plugins_that_come_along_are_known():
    assert {"consent_form", "sms_dicomsys", "sms_lox24", "vinteos"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_plugin_that_comes_along_has_nothing_to_mend(name, tmp_path):
    done = variants.run("portal.cli", "plugins", "check", name, variants=[], cwd=tmp_path)
    assert done.stdout.startswith(f"{name}: nothing to mend"), done.stdout + done.stderr
    assert done.returncode == 0
