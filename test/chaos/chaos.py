"""`npm run chaos`: the job killed at named steps and at random moments, on a lake and on moto's S3, and what is then there.

    chaos.py [--runs 300] [--seed N] [--store local,s3]

After each kill, at once and through Strata's reader: the complete old or the complete new rows. After the next run, or
`recover`, also by a plain listing: exactly those of the record, nothing left aside, each key once. Exit 1 at the first
loss, mixture or duplicate, with the seed that shows it again.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "glue"), str(Path(__file__).parent)]

from strata_glue.recover import recover  # noqa: E402
from world import KEYS, SOURCE, Rows, World, local_world, s3_world, start_moto, start_sail  # noqa: E402

MODES = ("replace", "append", "replace_partitions")
SURE_RUNS = 150
"""Kills a store from which on every named step must have been one of the moments."""


class Violation(Exception):
    """The promise is broken."""


class Trial:
    """One target, one kind of run, and what its rows may be."""

    def __init__(self, world: World, number: int, chance: random.Random) -> None:
        self.world, self.chance, self.number = world, chance, number
        self.mode = MODES[number % len(MODES)]
        self.target = f"s3://bkt/out/{number}-{self.mode}/"
        self.told: collections.Counter[str] = collections.Counter()
        self.steps: list[str] = []
        """Of a run that nobody disturbed."""

    def arguments(self, execution: str, value: int) -> dict[str, str]:
        sql = (
            f"SELECT id, {value} AS v FROM t"
            if self.mode != "replace_partitions"
            else f"SELECT id, {value % 2} AS v, {value} AS w FROM t"
        )
        dataset = {"sql_name": "d", "sql_text": sql, "s3_target": self.target}
        dataset["tables"] = [{"table_name": "t", "s3_path": SOURCE}]
        settings = {"write": self.mode, "keep": self.number % 2}
        if self.mode == "replace_partitions":
            settings["partition_by"] = ["v"]
        expectation = {"name": "n", "kind": "row_count", "severity": "error", "rows": {"min": KEYS, "max": KEYS}}
        settings["expectations"] = [expectation]
        publish = json.dumps({"d": settings})
        return {
            "group_list": json.dumps([dataset]),
            "publish": publish,
            "pipeline": "p",
            "stage": "s",
            "execution": execution,
        }

    def rows_of(self, value: int) -> Rows:
        shown = value % 2 if self.mode == "replace_partitions" else value
        return [(key, shown) for key in range(KEYS)]

    def after(self, before: Rows, value: int) -> Rows:
        """What a complete run of `value` makes of the rows before."""
        if self.mode == "append":
            return sorted(before + self.rows_of(value))
        if self.mode == "replace_partitions":
            return sorted([row for row in before if row[1] != value % 2] + self.rows_of(value))
        return self.rows_of(value)

    def run(self) -> None:
        expected = self.after([], 1)
        self.complete("first", 1)
        self.expect(expected, "the first run")
        for round_number in range(2, 4):
            expected = self.kill(f"e{round_number}", round_number, expected)
        if self.number % 4 == 0:
            self.duel(expected)
        for name in self.steps:
            self.told[f"step {name}"] += 1

    def kill(self, execution: str, value: int, before: Rows) -> Rows:
        """Kills a run somewhere, and its next tries; then repeats the execution, maybe after `recover`: it commits once."""
        new = self.after(before, value)
        seen = before
        for _ in range(self.chance.randint(1, 3)):
            how = self.how()
            child = self.world.start(self.arguments(execution, value), **how)
            steps = self.watch(child, how)
            self.told["killed" if child.returncode == -signal.SIGKILL else "ended"] += 1
            self.told[f"at {steps[-1] if steps else 'start'}"] += 1
            possible = [new] if seen == new else [before, new]
            seen = self.world.read(self.target)
            if seen not in possible:
                raise Violation(f"after a kill at {steps[-1:]} the reader sees {seen}, none of {possible}")
        if self.chance.random() < 0.5:
            recover(self.world.store, "d", self.target)
            self.expect(seen, "recover")
        generation = self.world.generation(self.target)
        self.complete(execution, value)
        # An execution that had committed has nothing to commit; what its killed tries left goes with the next commit.
        self.expect(new, "the next run", tidy=self.world.generation(self.target) > generation)
        if self.chance.random() < 0.3:
            self.complete(execution, value)
            self.expect(new, "the same execution again", tidy=False)
        return new

    def how(self) -> dict[str, object]:
        kind = self.chance.random()
        how: dict[str, object] = {"kill_at": self.chance.randint(1, len(self.steps))} if kind < 0.7 else {}
        if self.world.kind == "local" and self.chance.random() < 0.2:
            how["remote"] = None
        return how

    def watch(self, child: subprocess.Popen[str], how: dict[str, object]) -> list[str]:
        """Follows the child's steps; without a step to die at it is killed after a random time from its start on."""
        steps: list[str] = []
        assert child.stdout is not None
        if "kill_at" not in how:
            child.stdout.readline()  # started
            time.sleep(self.chance.random() * 0.4)
            child.kill()
        for line in child.stdout:
            steps.append(line.strip())
        child.wait()
        return [step for step in steps if not step.startswith(("started", "done"))]

    def duel(self, before: Rows) -> None:
        """Two runs at once, of which one is stopped at a step until the other is done: one wins, or they follow each other."""
        slow = self.world.start(self.arguments("slow", 8), stop_at=self.chance.randint(1, 6))
        while not stopped(slow.pid) and slow.poll() is None:
            time.sleep(0.01)
        fast_status = self.complete("fast", 9, must=False)
        if slow.poll() is None:
            os.kill(slow.pid, signal.SIGCONT)
        slow_status = slow.communicate(timeout=120)[0].split("done ")[-1].split()
        self.told["duels"] += 1
        if slow_status[0] == "FAILED" and slow_status[1:] != ["TARGET_CHANGED"]:
            raise Violation(f"the slower of two writers failed with {slow_status}")
        orders = {
            ("SUCCEEDED", "FAILED"): [[9]],
            ("SUCCEEDED", "SUCCEEDED"): [[8, 9], [9, 8]],
            ("FAILED", "SUCCEEDED"): [[8]],
        }[(fast_status[0], slow_status[0])]
        outcomes = []
        for order in orders:
            rows = before
            for value in order:
                rows = self.after(rows, value)
            outcomes.append(rows)
        seen = self.world.read(self.target)
        if seen not in outcomes:
            raise Violation(f"two writers ({fast_status}, {slow_status}) left {seen}")
        recover(self.world.store, "d", self.target)
        self.expect(seen, "two writers and recover")

    def complete(self, execution: str, value: int, must: bool = True) -> list[str]:
        child = self.world.start(self.arguments(execution, value))
        output = child.communicate(timeout=120)[0]
        self.steps = self.steps or [line for line in output.splitlines()[1:] if not line.startswith("done")]
        status = output.split("done ")[-1].split()
        if must and status[:1] != ["SUCCEEDED"]:
            raise Violation(f"a run that nobody disturbed ended with {output!r}")
        return status

    def expect(self, rows: Rows, when: str, tidy: bool = True) -> None:
        for who, seen in (("the reader", self.world.read(self.target)), ("a listing", self.world.listed(self.target))):
            if seen != rows:
                raise Violation(f"after {when} {who} sees {seen}, not {rows}")
        left = [path for path in self.world.aside(self.target) if not path.startswith("_strata/kept/")]
        if left and tidy:
            raise Violation(f"after {when} there is {left}")


def stopped(pid: int) -> bool:
    """True if a process is stopped, by Linux's account of it."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] == "T"
    except OSError:
        return False


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=300, help="kills")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--store", default="local,s3")
    options = parser.parse_args()
    told: collections.Counter[str] = collections.Counter()
    for kind in options.store.split(","):
        told.update(rounds(kind, options.runs // len(options.store.split(",")), options.seed))
    steps = ", ".join(f"{name[3:]} {count}" for name, count in sorted(told.items()) if name.startswith("at "))
    print(f"killed at: {steps}")
    print(
        f"chaos: {told['killed']} kills ({told['ended']} runs ended before theirs), {told['duels']} duels of two writers; "
        "0 losses, 0 mixtures, 0 duplicates"
    )
    return 0


def rounds(kind: str, runs: int, seed: int) -> collections.Counter[str]:
    """Trials on one store until so many runs were killed."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "RUST_LOG": "off"}
    servers: list[subprocess.Popen] = []  # type: ignore[type-arg]
    told: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="strata-chaos-") as folder:
        try:
            world = make_world(kind, Path(folder), environment, servers)
            number = 0
            while told["killed"] < runs:
                number += 1
                trial = Trial(world, number, random.Random(f"{seed}-{kind}-{number}"))
                try:
                    trial.run()
                except Violation as violation:
                    print(f"VIOLATION on {kind}, {trial.mode}, trial {number} of seed {seed}: {violation}")
                    raise SystemExit(1) from None
                told.update(trial.told)
                if sys.stderr.isatty():
                    print(f"\r{kind}: {told['killed']} of {runs}", end="", file=sys.stderr)
            missed = [name for name in told if name.startswith("step ") and not told[f"at {name[5:]}"]]
            if runs >= SURE_RUNS and missed:
                print(f"no kill on {kind} at {missed}: this seed ({seed}) shows less than it should")
                raise SystemExit(1)
        finally:
            for server in servers:
                server.kill()
                server.wait()
    return told


def make_world(kind: str, folder: Path, environment: dict[str, str], servers: list) -> World:  # type: ignore[type-arg]
    if kind == "s3":
        from world import S3_ENVIRONMENT

        environment = {**environment, **S3_ENVIRONMENT}
        moto, endpoint = start_moto(os.environ["STRATA_MOTO_PYTHON"])
        servers.append(moto)
        environment |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ENDPOINT": endpoint}
        sail, remote = start_sail(environment)
        servers.append(sail)
        return s3_world(endpoint, remote, environment)
    sail, remote = start_sail(environment)
    servers.append(sail)
    return local_world(folder, remote, environment)


if __name__ == "__main__":
    sys.exit(main())
