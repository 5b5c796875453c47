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

from child import Child  # noqa: E402
from strata_glue.target.parquet.target import ParquetTarget  # noqa: E402
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
        self.keep = number % 2
        self.history: dict[int, Rows] = {}
        """The rows of each generation that was read while it was current."""
        self.target = f"s3://bkt/out/{number}-{self.mode}/"
        self.counts: collections.Counter[str] = collections.Counter()
        self.steps: list[str] = []
        """Of an undisturbed run."""

    def arguments(self, execution: str, value: int) -> dict[str, str]:
        sql = f"SELECT id, {self.shown(value)} AS v, {value} AS w FROM t"
        dataset = {"sql_name": "d", "sql_text": sql, "s3_target": self.target}
        dataset["tables"] = [{"table_name": "t", "s3_path": SOURCE}]
        settings = {"write": self.mode, "keep": self.keep}
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

    def shown(self, value: int) -> int:
        """A run's `v`: of partitions there are two, which later runs replace."""
        return value % 2 if self.mode == "replace_partitions" else value

    def rows_of(self, value: int) -> Rows:
        return [(key, self.shown(value), value) for key in range(KEYS)]

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
        elif self.keep:
            self.go_back(expected)
        for name in self.steps:
            self.counts[f"step {name}"] += 1

    def kill(self, execution: str, value: int, before: Rows) -> Rows:
        """Kills a run somewhere, and its next tries; then repeats the execution, maybe after `recover`: it commits once."""
        new = self.after(before, value)
        seen = before
        for _ in range(self.chance.randint(1, 3)):
            how = self.how()
            steps = self.die(how, arguments=self.arguments(execution, value))
            seen = self.at_once([new] if seen == new else [before, new], f"a kill at {steps[-1:]}")
        if self.chance.random() < 0.5:
            if self.chance.random() < 0.5:
                steps = self.die({"kill_at": self.chance.randint(1, 4)}, recover={"target": self.target, "to": None})
                self.at_once([seen], f"a kill of recover at {steps[-1:]}")
            ParquetTarget(self.world.store, self.target).recover("d")
            self.expect(seen, "recover")
        generation = self.world.generation(self.target)
        self.complete(execution, value)
        # An execution that had committed has nothing to commit; what its killed tries left goes with the next commit.
        self.expect(new, "the next run", clean=self.world.generation(self.target) > generation)
        if self.chance.random() < 0.3:
            self.complete(execution, value)
            self.expect(new, "the same execution again", clean=False)
        return new

    def die(self, how: dict[str, object], **what: object) -> list[str]:
        """Starts something that is killed, and counts where."""
        child = self.world.start(**how, **what)
        steps = self.watch(child, how)
        of = "recover " if "recover" in what else ""
        self.counts[f"{of}killed" if child.killed else f"{of}ended"] += 1
        self.counts[f"{of}at {steps[-1] if steps else 'start'}"] += 1
        return steps

    def at_once(self, possible: list[Rows], when: str) -> Rows:
        """The current rows right after a kill: for a reader that may write, which finishes it, or for one that leaves it to others."""
        seen = self.world.read(self.target, may_write=self.chance.random() < 0.4)
        if seen not in possible:
            raise Violation(f"after {when} the reader sees {seen}, none of {possible}")
        return seen

    def go_back(self, before: Rows) -> None:
        """`recover --to`, killed on its way once or twice."""
        kept = self.world.record(self.target).kept
        if not kept:
            raise Violation("no generation is kept")
        to, old = kept[0].generation, self.history[kept[0].generation]
        seen = before
        for _ in range(self.chance.randint(1, 2)):
            if seen == before:
                steps = self.die({"kill_at": self.chance.randint(1, 8)}, recover={"target": self.target, "to": to})
                seen = self.at_once([before, old], f"a kill of recover --to at {steps[-1:]}")
        ParquetTarget(self.world.store, self.target).recover("d")
        self.expect(seen, "recover after recover --to")
        if seen == before:
            ParquetTarget(self.world.store, self.target).restore("d", to)
        self.expect(old, "recover --to")
        self.counts["gone back"] += 1

    def how(self) -> dict[str, object]:
        kind = self.chance.random()
        how: dict[str, object] = {"kill_at": self.chance.randint(1, len(self.steps))} if kind < 0.7 else {}
        if self.world.kind == "local" and self.chance.random() < 0.2:
            how["remote"] = None
        return how

    def watch(self, child: Child, how: dict[str, object]) -> list[str]:
        """Follows the child's steps; without a step to die at it is killed after a random time from its start on."""
        if "kill_at" not in how:
            child.lines.readline()  # started
            time.sleep(self.chance.random() * 0.4)
            os.kill(child.pid, signal.SIGKILL)
        return [step for step in child.wait() if not step.startswith(("started", "done"))]

    def duel(self, before: Rows) -> None:
        """Two runs at once, of which one is stopped at a step until the other is done: one wins, or they follow each other."""
        slow = self.world.start(arguments=self.arguments("slow", 8), stop_at=self.chance.randint(1, 6))
        while not stopped(slow.pid) and not slow.ended():
            time.sleep(0.01)
        fast_status = self.complete("fast", 9, must=False)
        if not slow.ended():
            os.kill(slow.pid, signal.SIGCONT)
        slow_status = slow.wait()[-1].removeprefix("done ").split()
        self.counts["duels"] += 1
        if slow_status[0] == "FAILED" and slow_status[1:] != ["TARGET_CHANGED"]:
            raise Violation(f"the slower of two writers failed with {slow_status}")
        # The fast one may fail while the slow one is stopped with the target's lock in its hand.
        orders = {
            ("SUCCEEDED", "FAILED"): [[9]],
            ("SUCCEEDED", "SUCCEEDED"): [[8, 9]],
            ("FAILED", "SUCCEEDED"): [[8]],
        }.get((fast_status[0], slow_status[0]), [])
        outcomes = []
        for order in orders:
            rows = before
            for value in order:
                rows = self.after(rows, value)
            outcomes.append(rows)
        seen = self.world.read(self.target)
        if seen not in outcomes:
            raise Violation(f"two writers ({fast_status}, {slow_status}) left {seen}")
        ParquetTarget(self.world.store, self.target).recover("d")
        self.expect(seen, "two writers and recover")

    def complete(self, execution: str, value: int, must: bool = True) -> list[str]:
        output = self.world.start(arguments=self.arguments(execution, value)).wait()
        self.steps = self.steps or [line for line in output[1:] if not line.startswith("done")]
        status = output[-1].removeprefix("done ").split() if output else []
        if must and status[:1] != ["SUCCEEDED"]:
            raise Violation(f"an undisturbed run ended with {output!r}")
        return status

    def expect(self, rows: Rows, when: str, clean: bool = True) -> None:
        looks = (("a listing", self.world.listed(self.target)), ("the reader", self.world.read(self.target)))
        for who, seen in looks:  # the listing first: a reader would finish what is unfinished
            if seen != rows:
                raise Violation(f"after {when} {who} sees {seen}, not {rows}")
        left = [path for path in self.world.aside(self.target) if not path.startswith("_strata/kept/")]
        if left and clean:
            raise Violation(f"after {when} there is {left}")
        if lost := self.world.lost(self.target):
            raise Violation(f"after {when} kept generations lack {lost}")
        self.history[self.world.generation(self.target)] = rows


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
    counts: collections.Counter[str] = collections.Counter()
    for kind in options.store.split(","):
        counts.update(rounds(kind, options.runs // len(options.store.split(",")), options.seed))
    steps = ", ".join(f"{name[3:]} {count}" for name, count in sorted(counts.items()) if name.startswith("at "))
    print(f"killed at: {steps}")
    print(
        f"chaos: {counts['killed']} kills ({counts['ended']} runs ended before theirs), {counts['recover killed']} of recover, "
        f"{counts['duels']} duels of two writers, {counts['gone back']} times back to a kept generation; "
        "0 losses, 0 mixtures, 0 duplicates"
    )
    return 0


def rounds(kind: str, runs: int, seed: int) -> collections.Counter[str]:
    """Trials on one store until so many runs were killed."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "RUST_LOG": "off"}
    servers: list[subprocess.Popen] = []  # type: ignore[type-arg]
    counts: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="strata-chaos-") as folder:
        try:
            world = make_world(kind, Path(folder), environment, servers)
            number = 0
            while counts["killed"] < runs:
                number += 1
                trial = Trial(world, number, random.Random(f"{seed}-{kind}-{number}"))
                try:
                    trial.run()
                except Violation as violation:
                    print(f"VIOLATION on {kind}, {trial.mode}, trial {number} of seed {seed}: {violation}")
                    raise SystemExit(1) from None
                counts.update(trial.counts)
                if sys.stderr.isatty():
                    print(f"\r{kind}: {counts['killed']} of {runs}", end="", file=sys.stderr)
            missed = [name for name in counts if name.startswith("step ") and not counts[f"at {name[5:]}"]]
            if runs >= SURE_RUNS and missed:
                print(f"no kill on {kind} at {missed}: this seed ({seed}) shows less than it should")
                raise SystemExit(1)
        finally:
            for server in servers:
                server.kill()
                server.wait()
    return counts


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
