"""The bench measures with tiny numbers, and writes and prints in the form that others read."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys

import pytest

from bench import run
from bench.figures import Figure, percentile, store, table

KEYS = ["name", "value", "unit", "floor", "ratio", "wanted", "n"]
FIGURES = [
    Figure("quick enough", 3.0, "ms", 2.0, "ratio <= 2", 5),
    Figure("too large", 80.0, "KB", None, "value <= 70", 3),
    Figure("only told", 1.0, "ms", 0.5),
]
# A tiny measurement of each module that needs no browser, and how many figures it brings.
TINY = {
    "outbox.measure(1, 2)": 2,
    "plugins.measure(runs=1, calls=2, starts=0)": 5,
    "lists.measure(small=61, large=62, runs=1)": 3,
    "contacts.measure(small=61, large=62, runs=1)": 2,
    "contracts.measure(small=2, large=30, entries=50, runs=1)": 2,
    "privacy.measure(events=100, codes=3, lines=2, runs=1)": 7,
    "signing_in.measure(people=2, rounds=1, each=1)": 2,
    "memory.measure(guests=5, runs=1, settles=0.1)": 1,
    "participants.measure(people=3, seconds=1.0, processes=1)": 2,
    "echoes.measure(runs=1, seconds=0.5, settles=0.1)": 1,
    "arrival.measure(waiting=5, rate=20, rounds=1, arrivals=3)": 7,
}
# Needs more than a tiny run can be: many accounts, a flood, browsers, or a network that is cut.
BY_HAND = ("accounts", "admission", "crowd", "flood", "losses", "strokes", "weight")


def test_the_results_have_their_fixed_form(tmp_path):
    store(FIGURES, tmp_path / "results.json")
    rows = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [list(row) for row in rows] == [KEYS] * len(FIGURES)
    assert list(rows[0].values()) == ["quick enough", 3.0, "ms", 2.0, 1.5, "ratio <= 2", 5]
    assert rows[1]["floor"] is None
    assert rows[1]["ratio"] is None


@pytest.mark.requirement("OPS-5")
def test_the_table_prints_every_figure_and_whether_it_is_reached():
    lines = table(FIGURES).splitlines()
    assert lines[0].split()[0] == "figure"
    assert lines[0].split()[-1] == "reached"
    ratio = lines[0].index("ratio")
    printed = (("1.5", "yes"), ("-", "NO"), ("2", "-"))
    for figure, (times, reached) in zip(FIGURES, printed, strict=True):
        (line,) = [line for line in lines if line.startswith(figure.name)]
        assert line[: ratio + len("ratio")].split()[-1] == times
        assert line.split()[-1] == reached


def test_what_lies_on_the_bound_is_reached_unless_it_must_lie_below():
    assert Figure("a", 20.0, "µs", None, "value <= 20").reached
    assert not Figure("a", 20.0, "µs", None, "value < 20").reached
    assert Figure("a", 20.0, "1/s", None, "value >= 20").reached
    assert not Figure("a", 19.0, "1/s", None, "value >= 20").reached


@pytest.mark.parametrize(("part", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1, 100)])
def test_a_percentile_is_a_value_that_was_measured(part, expected):
    assert percentile([float(each) for each in range(100, 0, -1)], part) == expected


def test_an_unknown_name_is_told_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        run.main(["speed"])
    told = capsys.readouterr().out
    assert [name for name in ("speed", *run.MODULES) if name not in told] == []


@pytest.mark.requirement("OPS-5")
def test_a_part_that_fails_hides_no_other(monkeypatch, tmp_path, capsys):
    class Part:
        @staticmethod
        def measure():
            return FIGURES[:1]

    def module(name):
        if name == "bench.lists":
            raise RuntimeError(name)
        return Part

    monkeypatch.setattr(run, "import_module", module)
    monkeypatch.setattr(run, "RESULTS", tmp_path / "bench" / "results.json")
    with pytest.raises(SystemExit):
        run.main()
    told = capsys.readouterr()
    printed = [line.split() for line in told.out.splitlines() if line.startswith("quick enough")]
    assert [line[5] for line in printed] == ["1.5"] * (len(run.MODULES) - 1)
    assert "Not measured: lists" in told.err
    assert not run.RESULTS.exists()


# Some in one process beside ours, because what takes longest is to load the portal; and away from
# the tests, because measuring builds applications of its own.
SCRIPT = """
import importlib, json, sys
told = {}
for call in json.loads(sys.argv[1]):
    name = call.partition(".")[0]
    module = importlib.import_module("bench." + name)
    told[call] = [figure.row() for figure in eval(call, {name: module})]
print(json.dumps(told))
"""


@pytest.mark.requirement("OPS-5")
@pytest.mark.skipif(
    os.environ.get("PORTAL_TEST_DATABASE", "sqlite") != "sqlite",
    reason="The bench makes its own databases: measuring is the same whatever the tests run on.",
)
@pytest.mark.parametrize("calls", [[*TINY][half::2] for half in range(2)], ids=["even", "odd"])
def test_each_module_measures(calls):
    command = [sys.executable, "-c", SCRIPT, json.dumps(calls)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {call: len(rows) for call, rows in told.items()} == {each: TINY[each] for each in calls}
    for row in itertools.chain(*told.values()):
        assert list(row) == KEYS
        assert isinstance(row["value"], float)
    # Each module compares with something that was measured in the same run.
    assert [call for call, rows in told.items() if not any(row["ratio"] for row in rows)] == []


def test_what_needs_no_browser_is_measured_here_too():
    measured = {call.partition(".")[0] for call in TINY}
    assert set(run.MODULES) - measured == set(BY_HAND)
