"""Both stores do the same; S3 is moto's, a stand-in that checks requests as AWS does and stores objects in memory."""

from __future__ import annotations

import gc
import json
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from strata_glue.store import Conflict, Store, Stored, Swap, open_store, survey
from strata_glue.store.base import NoFile, is_data_path
from strata_glue.store.folder import LakeRefused, take_lake
from strata_glue.store.local import OLD_FOLDERS, LocalStore

LOCATIONS = Path(__file__).parents[2] / "test" / "fixtures" / "locations.json"


def test_lists_visible_files_only(store: Store) -> None:
    for path in (
        "b.parquet",
        "a.parquet",
        "_x.parquet",
        ".y.parquet",
        "day=1/c.parquet",
        "_z=1/d.parquet",
        "sub/e.parquet",
    ):
        store.put("s3://bkt/t/", path, b"12345")
    assert [(file.path, file.size) for file in survey(store, "s3://bkt/t/").data] == [
        ("_z=1/d.parquet", 5),
        ("a.parquet", 5),
        ("b.parquet", 5),
        ("day=1/c.parquet", 5),
    ]
    assert store.exists("s3://bkt/t/") and not store.exists("s3://bkt/none/")
    assert survey(store, "s3://bkt/none/").data == ()


def test_a_prefix_is_not_a_folder_of_the_same_beginning(store: Store) -> None:
    store.put("s3://bkt/table/", "a.parquet", b"1")
    store.put("s3://bkt/table2/", "a.parquet", b"2")
    assert [file.path for file in survey(store, "s3://bkt/table/").data] == ["a.parquet"]
    store.delete_tree("s3://bkt/table/")
    assert store.exists("s3://bkt/table2/")


def test_copies_deletes_and_reads(store: Store) -> None:
    for index in range(20):
        store.put("s3://bkt/t/_strata/attempts/x/", f"{index}.parquet", bytes([index]))
    names = {f"_strata/attempts/x/{index}.parquet": f"new-{index}.parquet" for index in range(20)}
    store.copy("s3://bkt/t/", names)
    assert len(survey(store, "s3://bkt/t/").data) == 20
    with store.open("s3://bkt/t/", "new-7.parquet") as stream:
        assert stream.read() == bytes([7])
    store.delete("s3://bkt/t/", ["new-7.parquet", "never there.parquet"])
    assert len(survey(store, "s3://bkt/t/").data) == 19
    assert len(survey(store, "s3://bkt/t/").own) == 20
    store.delete_tree("s3://bkt/t/_strata/attempts/x/")
    assert [file.path for file in store.list("s3://bkt/t/")] == [
        file.path for file in survey(store, "s3://bkt/t/").data
    ]


def test_a_copy_may_be_repeated_when_its_source_is_gone(store: Store) -> None:
    store.put("s3://bkt/t/", "a", b"1")
    store.copy("s3://bkt/t/", {"a": "b"})
    store.delete("s3://bkt/t/", ["a"])
    store.copy("s3://bkt/t/", {"a": "b"})
    with pytest.raises(FileNotFoundError):
        store.copy("s3://bkt/t/", {"a": "c"})
    with pytest.raises(FileNotFoundError):
        store.open("s3://bkt/t/", "a")


def test_a_conditional_write_needs_what_it_expects(store: Store) -> None:
    assert store.get("s3://bkt/t/", "r.json") is None
    first = store.put_if("s3://bkt/t/", "r.json", b"1", None)
    assert store.get("s3://bkt/t/", "r.json") == Stored(b"1", first)
    with pytest.raises(Conflict):
        store.put_if("s3://bkt/t/", "r.json", b"2", None)
    second = store.put_if("s3://bkt/t/", "r.json", b"2", first)
    with pytest.raises(Conflict):
        store.put_if("s3://bkt/t/", "r.json", b"3", first)
    assert store.get("s3://bkt/t/", "r.json") == Stored(b"2", second)
    with pytest.raises(Conflict):
        store.put_if("s3://bkt/t/", "gone.json", b"3", first)


def test_of_twenty_conditional_writes_at_once_one_wins(store: Store) -> None:
    def write(index: int) -> bool:
        try:
            store.put_if("s3://bkt/t/", "r.json", bytes([index]), None)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(write, range(20))) == 1


def test_exists_looks_at_more_than_stratas_folder(store: Store) -> None:
    store.put("s3://bkt/t/_strata/attempts/x/", "a.parquet", b"1")
    assert not store.exists("s3://bkt/t/")
    store.put("s3://bkt/t/", "_hidden", b"1")
    assert store.exists("s3://bkt/t/")


def swapped(store: Store, old: str, new: str) -> bool:
    """Puts a file in the place of another, with the record."""
    stored = store.get("s3://bkt/t/", "_strata/commit.json")
    store.put("s3://bkt/t/_strata/attempts/x/", "f", b"1")
    record = ("_strata/commit.json", new.encode(), stored.tag if stored else "")
    return store.swap("s3://bkt/t/", Swap({"_strata/attempts/x/f": new}, (old,), record, "_strata/attempts/x/"))


@pytest.fixture
def lake(tmp_path: Path) -> Store:
    """A target of one file, on a file system that swaps folders."""
    store = open_store(str(tmp_path))
    store.put("s3://bkt/t/", "a.parquet", b"1")
    store.put_if("s3://bkt/t/", "_strata/commit.json", b"a.parquet", None)
    if not swapped(store, "a.parquet", "b.parquet"):
        pytest.skip("this file system does not swap folders")
    return store


def test_two_folders_are_swapped_at_once(lake: Store) -> None:
    """A reader that lists without pause sees the old or the new files, never both and never none."""
    seen: set[tuple[str, ...]] = set()
    listed, stop = threading.Condition(), threading.Event()
    swaps = looked_since = 0

    def look() -> None:
        nonlocal looked_since
        while not stop.is_set():
            since = swaps
            seen.add(tuple(file.path for file in survey(lake, "s3://bkt/t/").data))
            with listed:
                looked_since = since
                listed.notify()

    reader = threading.Thread(target=look)
    reader.start()
    old = "b.parquet"
    for index in range(200):
        new = f"{index:03d}.parquet"
        assert swapped(lake, old, new)
        swaps += 1
        stored = lake.get("s3://bkt/t/", "_strata/commit.json")
        assert stored is not None and stored.content == new.encode()
        old = new
        with listed:  # a reader that got no CPU time would still list a much older folder
            assert listed.wait_for(lambda least=index: looked_since >= least, 60)
    stop.set()
    reader.join()
    assert all(len(files) == 1 for files in seen), seen


def test_a_reader_that_is_listing_the_old_folder_sees_all_of_it(lake: Store, tmp_path: Path) -> None:
    """It opened the folder before the swap, and asks for names after it."""
    with os.scandir(tmp_path / "bkt" / "t") as entries:
        assert swapped(lake, "b.parquet", "c.parquet")
        assert sorted(entry.name for entry in entries) == ["_strata", "b.parquet"]


def test_old_folders_are_removed(lake: Store, tmp_path: Path) -> None:
    names = [f"{index}.parquet" for index in range(10)]
    for old, new in zip(["b.parquet", *names], names, strict=False):
        assert swapped(lake, old, new)
    assert len(list((tmp_path / ".strata" / "tmp").iterdir())) == OLD_FOLDERS


def test_old_folders_are_removed_with_the_store(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.put("s3://bkt/t/", "a.parquet", b"1")
    store.put_if("s3://bkt/t/", "_strata/commit.json", b"a.parquet", None)
    swapped(store, "a.parquet", "b.parquet")
    del store
    gc.collect()
    assert list((tmp_path / ".strata" / "tmp").iterdir()) == []


def test_strange_names(store: Store) -> None:
    location = "s3://bkt/gr ö'ße %20 & co/"
    store.put(location, "ä b.parquet", b"x")
    assert [file.path for file in survey(store, location).data] == ["ä b.parquet"]
    assert store.read_text(f"{location}ä b.parquet") == "x"


def test_more_files_than_one_request_takes(store: Store) -> None:
    for index in range(1005):
        store.put("s3://bkt/many/", f"{index}.parquet", b"x")
    assert len(survey(store, "s3://bkt/many/").data) == 1005
    store.delete("s3://bkt/many/", [f"{index}.parquet" for index in range(1005)])
    assert survey(store, "s3://bkt/many/").data == ()


def test_a_lake_cannot_be_left(tmp_path: Path) -> None:
    """The list holds local/lake-path.ts to the same rule (test/local/content.test.ts)."""
    store, locations = LocalStore(str(tmp_path)), json.loads(LOCATIONS.read_text(encoding="utf-8"))
    for location, folder in locations["inside"].items():
        assert store.engine_path(location) == f"{tmp_path}/{folder}"
    for location in locations["outside"]:
        with pytest.raises(ValueError, match="is not a folder inside the lake"):
            store.engine_path(location)
    for path in ("../x", "x/../../y", "/etc/passwd", ".", "x//y", "x\0"):
        with pytest.raises(ValueError, match="is not a file below"):
            store.put("s3://b/t/", path, b"")
        with pytest.raises(ValueError, match="is not a file below"):
            store.open("s3://b/t/", path)
        with pytest.raises(ValueError, match="is not a file below"):
            store.delete("s3://b/t/", [path])
        for names in ({path: "a"}, {"a": path}):
            with pytest.raises(ValueError, match="is not a file below"):
                store.copy("s3://b/t/", names)
            with pytest.raises(ValueError, match="is not a file below"):
                store.swap("s3://b/t/", Swap(names, (), ("r", b"", ""), "x/"))


@pytest.mark.parametrize(
    ("path", "visible"),
    [("a", True), ("_a", False), ("k=v/a", True), ("k/a", False), ("_k=v/a", True), ("k=v/.a", False)],
)
def test_visibility(path: str, visible: bool) -> None:
    assert is_data_path(path) is visible


def test_a_bucket_may_be_a_link_to_another_folder(tmp_path: Path) -> None:
    elsewhere, lake = tmp_path / "elsewhere", tmp_path / "lake"
    elsewhere.mkdir()
    lake.mkdir()
    (lake / "bkt").symlink_to(elsewhere)
    store = open_store(str(lake))
    store.put("s3://bkt/t/", "a.parquet", b"1")
    assert (elsewhere / "t" / "a.parquet").read_bytes() == b"1"
    assert [file.path for file in survey(store, "s3://bkt/t/").data] == ["a.parquet"]


def test_a_folder_that_cannot_be_listed_is_not_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(str(tmp_path))
    store.put("s3://bkt/t/k=1/", "a.parquet", b"1")
    real = os.scandir

    def fails(path: object) -> object:
        if str(path).endswith("k=1"):
            raise OSError(5, "Input/output error")
        return real(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", fails)
    with pytest.raises(OSError, match="Input/output"):
        survey(store, "s3://bkt/t/")


def test_strange_names_are_copied_and_deleted(store: Store) -> None:
    """Names that a copy's source must carry in a header, and a delete in XML."""
    location = "s3://bkt/gr ö'ße %20 & co/"
    names = {f"{sign} ä+b.parquet": f"to/k={sign}%2F/ä+b.parquet" for sign in ("%41", "&<", "?#", "+", "=")}
    for name in names:
        store.put(location, name, name.encode())
    store.copy(location, names)
    for name, new in names.items():
        with store.open(location, new) as stream:
            assert stream.read() == name.encode()
    store.delete(location, [*names, *names.values()])
    assert store.list(location) == []


def test_a_target_on_another_disk_is_not_copied_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A swap needs one file system; where there are two, nothing is prepared for it."""
    store = open_store(str(tmp_path))
    store.put("s3://bkt/t/", "a.parquet", b"1")
    tag = store.put_if("s3://bkt/t/", "_strata/commit.json", b"0", None)
    import strata_glue.store.local as module

    monkeypatch.setattr(module, "on_one_device", lambda *_: False)
    monkeypatch.setattr(module, "link_or_copy", lambda *_: pytest.fail("prepared what cannot be swapped"))
    change = Swap({"a.parquet": "b.parquet"}, (), ("_strata/commit.json", b"1", tag), "_strata/attempts/x/")
    assert not store.swap("s3://bkt/t/", change)
    assert list((tmp_path / ".strata" / "tmp").iterdir()) == []


@pytest.mark.parametrize("path", ["bkt/t", "bkt"])
@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("a file", Path.touch),
        ("no folder", os.mkfifo),
        ("a broken link", lambda path: path.symlink_to("nowhere")),
    ],
)
def test_what_is_in_the_place_of_a_folder_is_reported(tmp_path: Path, path: str, what: str, make: Any) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    make(tmp_path / path)
    with pytest.raises(NotADirectoryError, match=f"{path} is {what}, but s3://bkt/t/ needs a folder: move it away"):
        open_store(str(tmp_path)).list("s3://bkt/t/")


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path has 107 bytes at most
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


NO_FILES = {
    "a named pipe, not a file": os.mkfifo,
    "a socket, not a file": _socket,
    "a device, not a file": _device,
    "a broken link": lambda path: path.symlink_to("nowhere"),
    "a broken link (a loop)": lambda path: path.symlink_to(path.name),
}


@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_not_a_file_is_listed_and_never_waited_for(tmp_path: Path, what: str) -> None:
    """A pipe without a writer, opened as a file is, blocks its reader for ever."""
    store = LocalStore(str(tmp_path))
    place = tmp_path / "bkt" / "t" / "x.parquet"
    place.parent.mkdir(parents=True)
    NO_FILES[what](place)
    assert [file.path for file in survey(store, "s3://bkt/t/").data] == ["x.parquet"]
    for read in (
        lambda: store.open("s3://bkt/t/", "x.parquet"),
        lambda: store.get("s3://bkt/t/", "x.parquet"),
        lambda: store.put_if("s3://bkt/t/", "x.parquet", b"1", None),
    ):
        with pytest.raises(NoFile, match=f"x.parquet is {what.partition(' (')[0]}: remove it"):
            read()
    with pytest.raises(OSError):
        store.read_text("s3://bkt/t/x.parquet")
    store.put("s3://bkt/t/", "x.parquet", b"1")
    assert place.read_bytes() == b"1" and not place.is_symlink()


@pytest.mark.parametrize("what", [*NO_FILES, "a link to another file"])
def test_a_lock_is_a_file_and_not_a_link(tmp_path: Path, what: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("kept")
    (tmp_path / ".strata").mkdir()
    lock = tmp_path / ".strata" / "lock"
    NO_FILES.get(what, lambda path: path.symlink_to(theirs))(lock)
    with pytest.raises(LakeRefused, match="remove it|No such device"):  # a socket cannot be opened at all
        take_lake(tmp_path)
    assert theirs.read_text() == "kept"


def test_a_lock_is_for_those_who_write(tmp_path: Path, umask) -> None:
    """A user who can open it can block every run."""
    umask(0o000)
    for mode, expected in ((0o755, "600"), (0o775, "660")):
        lake = tmp_path / f"{mode:o}"
        (lake / ".strata").mkdir(parents=True)
        (lake / ".strata").chmod(mode)
        (lake / ".strata" / "lock").touch(0o644)
        held = take_lake(lake)
        with pytest.raises(LakeRefused, match="another run is using the lake"):
            take_lake(lake)
        assert modes(lake)[".strata/lock"] == expected
        held.close()


def test_linked_partitions_are_read_and_survive_a_swap(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path / "lake"))
    store.put("s3://bkt/t/", "_strata/commit.json", b"x.parquet")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "old.parquet").write_text("old")
    for name in ("day=1", "archive", "_day"):
        (tmp_path / "lake" / "bkt" / "t" / name).symlink_to(elsewhere)
    assert [file.path for file in survey(store, "s3://bkt/t/").data] == ["day=1/old.parquet"]
    assert "archive/old.parquet" not in {file.path for file in store.list("s3://bkt/t/")}
    store.put("s3://bkt/t/", "_strata/attempts/a/day=1/new.parquet", b"new")
    stored = store.get("s3://bkt/t/", "_strata/commit.json")
    assert stored is not None
    change = Swap(
        {"_strata/attempts/a/day=1/new.parquet": "day=1/new.parquet"},
        (),
        ("_strata/commit.json", b"2", stored.tag),
        "_strata/attempts/a/",
    )
    assert not store.swap("s3://bkt/t/", change), "what a link leads to cannot be swapped"
    store.copy("s3://bkt/t/", change.copies)
    assert sorted(file.name for file in elsewhere.iterdir()) == ["new.parquet", "old.parquet"]


def test_a_link_that_leads_back_does_not_walk_endlessly(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / "bkt" / one).mkdir(parents=True)
        (tmp_path / "bkt" / one / "k=1").symlink_to(tmp_path / "bkt" / other)
    for location in ("s3://bkt/a/", "s3://bkt/b/"):
        with pytest.raises(NoFile, match="k=1/k=1 is a link to a folder above it: remove it"):
            store.list(location)


@pytest.fixture
def umask():
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): f"{path.stat().st_mode & 0o777:o}" for path in folder.rglob("*")}


def test_a_private_store_is_its_owners_only(tmp_path: Path, umask) -> None:
    state = tmp_path / "state"
    LocalStore(str(state), private=True).put("s3://samples/d/", "x.json", b"{}")
    assert f"{state.stat().st_mode & 0o777:o}" == "700"
    assert modes(state) == {
        **{".strata": "700", ".strata/tmp": "700"},
        **{"samples": "700", "samples/d": "700", "samples/d/x.json": "600"},
    }


@pytest.mark.parametrize(
    ("there", "folder", "file"),
    [
        (0o755, "700", "600"),
        (0o1777, "700", "600"),
        (0o770, "770", "660"),
        (0o2775, "770", "660"),
        (0o777, "777", "666"),
    ],
)
def test_an_existing_state_keeps_its_mode_and_its_sharers(tmp_path: Path, umask, there, folder, file) -> None:
    umask(0o000)
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(there)
    LocalStore(str(state), private=True).put("s3://samples/d/", "x.json", b"{}")
    assert state.stat().st_mode & 0o7777 == there
    assert modes(state)["samples/d"] == folder
    assert modes(state)["samples/d/x.json"] == file


def test_a_lakes_own_folder_is_not_wider_than_the_lake(tmp_path: Path, umask) -> None:
    """Else a careless umask would let every user read the ledger, which is made in it."""
    umask(0o000)
    for mode, own, scratch, lock in ((0o755, "755", "700", "600"), (0o775, "775", "770", "660")):
        lake = tmp_path / f"{mode:o}"
        lake.mkdir()
        lake.chmod(mode)
        with closing(take_lake(lake)):
            LocalStore(str(lake)).put_if("s3://bkt/t/", "a.parquet", b"1", None)
        found = {path: mode for path, mode in modes(lake).items() if path.startswith(".strata")}
        assert found.pop(".strata") == own and found.pop(".strata/lock") == lock
        (target_lock,) = [path for path in found if path.startswith(".strata/locks/")]
        assert found == {".strata/tmp": scratch, ".strata/locks": scratch, target_lock: lock}


def test_a_lakes_files_have_the_modes_of_the_umask_but_not_its_scratch(tmp_path: Path, umask) -> None:
    for mask, scratch, folder, file in ((0o022, "700", "755", "644"), (0o002, "770", "775", "664")):
        umask(mask)
        lake = tmp_path / str(mask)
        store = LocalStore(str(lake))
        store.put("s3://bkt/t/", "a.parquet", b"1")
        store.put_if("s3://bkt/t/", "_strata/commit.json", b"a.parquet", None)
        for _ in range(2):  # also a folder that was swapped
            found = modes(lake)
            assert (found[".strata/tmp"], found["bkt/t"], found["bkt/t/_strata/commit.json"]) == (scratch, folder, file)
            swapped(store, "a.parquet", "b.parquet")
