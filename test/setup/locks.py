"""Prints what a lock file lacks: for each Python and machine that we support, what a locked package needs by its metadata.

Arguments: the folder of lock files, then for each environment `NAME:OLDEST:NEWEST:SITE:LOCK+LOCK`, SITE being where its
packages are installed. Metadata of a package that is only for another Python or machine is not there, and so not looked at.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

MACHINES = (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("darwin", "x86_64"), ("win32", "AMD64"))


def environments(oldest: int, newest: int) -> Iterator[dict[str, str]]:
    """What markers are held against."""
    for minor in range(oldest, newest + 1):
        for platform, machine in MACHINES:
            yield {
                **{key: str(value) for key, value in default_environment().items()},
                "python_version": f"3.{minor}",
                "python_full_version": f"3.{minor}.1",
                "sys_platform": platform,
                "platform_machine": machine,
                "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[platform],
                "os_name": "nt" if platform == "win32" else "posix",
            }


def applies(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**environment, "extra": ""})


def problems_of(
    name: str, locks: list[Requirement], found: dict[NormalizedName, Distribution], where: dict[str, str]
) -> set[str]:
    """What is wrong with an environment of this Python on this machine."""
    place = f"{name}, Python {where['python_version']}, {where['sys_platform']} {where['platform_machine']}"
    here = [pin for pin in locks if applies(pin, where)]
    versions = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in here}
    problems = {
        f"{place}: two versions of {pin.name}"
        for pin in here
        if str(pin.specifier) != f"=={versions[canonicalize_name(pin.name)]}"
    }
    for pin, version in versions.items():
        distribution = found.get(pin)
        if distribution is None or distribution.version != version:
            continue
        for needed in map(Requirement, distribution.requires or []):
            there = versions.get(canonicalize_name(needed.name))
            if applies(needed, where) and (there is None or not needed.specifier.contains(there, prereleases=True)):
                problems.add(f"{place}: {pin} needs {needed}, the lock has {there}")
    return problems


def main() -> None:
    folder, *lines = sys.argv[1:]
    problems: set[str] = set()
    seen = 0
    for line in lines:
        name, oldest, newest, site, layers = line.split(":")
        text = "".join((Path(folder) / f"{layer}.txt").read_text() for layer in layers.split("+"))
        locks = [Requirement(pin.strip()) for pin in re.findall(r"^(\w[^\\\n]*==[^\\\n]*)", text, re.MULTILINE)]
        # One without a name is being installed.
        found = {canonicalize_name(each.name): each for each in distributions(path=[site]) if each.name}
        seen += len(found.keys() & {canonicalize_name(pin.name) for pin in locks})
        for where in environments(int(oldest), int(newest)):
            problems |= problems_of(name, locks, found, where)
    print(f"{seen} packages", *sorted(problems), sep="\n")


main()
