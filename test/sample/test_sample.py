"""The sample's raw tables keep every fact of the original; the same bytes each time; nothing foreign is replaced."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
import pytest

SAMPLE = Path(__file__).parents[2] / "local" / "sample"
NOW = datetime.datetime(2017, 8, 15, 15, tzinfo=datetime.timezone.utc)
ROWS = {
    "aircrafts_data": 9,
    "airports_data": 104,
    "boarding_passes": 1_894_295,
    "bookings": 593_433,
    "flights": 65_664,
    "seats": 1_339,
    "ticket_flights": 2_360_335,
    "tickets": 829_071,
}
SEATS = {"319": 116, "320": 140, "321": 170, "733": 130, "763": 222, "773": 402, "CN1": 12, "CR2": 50, "SU9": 97}
TOP = [("DME", 6376), ("SVO", 5912), ("LED", 3769), ("VKO", 3405), ("OVB", 2091)]


def generate(lake: Path, scale: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SAMPLE / "generate.py"), f"--scale={scale}", f"--lake={lake}"],
        capture_output=True,
        text=True,
    )


def read(lake: Path) -> dict[str, pa.Table]:
    folder = lake / "postgres-repo" / "raw" / "bookings"
    return {name: parquet.read_table(folder / name / "part-00000.parquet") for name in ROWS}


@pytest.fixture(scope="module", params=["small", "medium"])
def tables(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    lake = tmp_path_factory.mktemp(request.param)
    made = generate(lake, request.param)
    assert made.returncode == 0, made.stderr
    return {"scale": request.param, **read(lake)}  # type: ignore[dict-item]


def values(table: pa.Table, *columns: str) -> set:
    return set(zip(*(table[column].to_pylist() for column in columns), strict=True))


def is_unique(table: pa.Table, *columns: str) -> bool:
    return table.select(columns).group_by(list(columns)).aggregate([]).num_rows == table.num_rows


def is_subset(table: pa.Table, columns: list[str], other: pa.Table, keys: list[str]) -> bool:
    left = table.select(columns).group_by(columns).aggregate([])
    return left.join(other.select(keys), columns, keys, join_type="left anti").num_rows == 0


def test_rows(tables):
    factor = 1 if tables["scale"] == "medium" else 0.02
    whole = {"aircrafts_data", "airports_data", "seats"}
    assert {name: tables[name].num_rows for name in ROWS} == {
        name: rows if name in whole else round(rows * factor) for name, rows in ROWS.items()
    }


def test_types(tables):
    instant, money = pa.timestamp("us", tz="UTC"), pa.decimal128(10, 2)
    assert tables["bookings"].schema.types == [pa.string(), instant, money]
    assert tables["ticket_flights"].schema.types == [pa.string(), pa.int32(), pa.string(), money]
    assert tables["boarding_passes"].schema.types == [pa.string(), pa.int32(), pa.int32(), pa.string()]
    assert tables["flights"].schema.types == [
        pa.int32(),
        pa.string(),
        instant,
        instant,
        pa.string(),
        pa.string(),
        pa.string(),
        pa.string(),
        instant,
        instant,
    ]
    assert tables["aircrafts_data"].schema.names == ["aircraft_code", "model", "range"]
    assert tables["tickets"].schema.names == ["ticket_no", "book_ref", "passenger_id", "passenger_name", "contact_data"]


def test_primary_keys(tables):
    keys = {
        "aircrafts_data": ["aircraft_code"],
        "airports_data": ["airport_code"],
        "boarding_passes": ["ticket_no", "flight_id"],
        "bookings": ["book_ref"],
        "flights": ["flight_id"],
        "seats": ["aircraft_code", "seat_no"],
        "ticket_flights": ["ticket_no", "flight_id"],
        "tickets": ["ticket_no"],
    }
    for name, columns in keys.items():
        assert is_unique(tables[name], *columns), name
    assert is_unique(tables["flights"], "flight_no", "scheduled_departure")
    assert is_unique(tables["boarding_passes"], "flight_id", "seat_no"), "a seat is taken once a flight"
    assert is_unique(tables["boarding_passes"], "flight_id", "boarding_no")


def test_foreign_keys(tables):
    for table, columns, other, keys in [
        ("flights", ["departure_airport"], "airports_data", ["airport_code"]),
        ("flights", ["arrival_airport"], "airports_data", ["airport_code"]),
        ("flights", ["aircraft_code"], "aircrafts_data", ["aircraft_code"]),
        ("seats", ["aircraft_code"], "aircrafts_data", ["aircraft_code"]),
        ("tickets", ["book_ref"], "bookings", ["book_ref"]),
        ("ticket_flights", ["ticket_no"], "tickets", ["ticket_no"]),
        ("ticket_flights", ["flight_id"], "flights", ["flight_id"]),
        ("boarding_passes", ["ticket_no", "flight_id"], "ticket_flights", ["ticket_no", "flight_id"]),
    ]:
        assert is_subset(tables[table], columns, tables[other], keys), (table, columns)


def test_seats_exist_in_the_aircraft_and_have_the_fare_of_the_ticket(tables):
    flights = tables["flights"].select(["flight_id", "aircraft_code"])
    passes = (
        tables["boarding_passes"].join(flights, "flight_id").join(tables["ticket_flights"], ["ticket_no", "flight_id"])
    )
    keys = ["aircraft_code", "seat_no", "fare_conditions"]
    assert is_subset(passes, keys, tables["seats"], keys)
    counted = tables["seats"].group_by("aircraft_code").aggregate([("seat_no", "count")])
    assert dict(zip(counted["aircraft_code"].to_pylist(), counted["seat_no_count"].to_pylist(), strict=True)) == SEATS


def test_a_booking_costs_what_its_flights_cost(tables):
    tickets = tables["tickets"].select(["ticket_no", "book_ref"])
    sums = tables["ticket_flights"].join(tickets, "ticket_no").group_by("book_ref").aggregate([("amount", "sum")])
    joined = tables["bookings"].join(sums, "book_ref")
    assert joined.num_rows == tables["bookings"].num_rows
    assert pc.all(
        pc.equal(joined["total_amount"].cast(pa.decimal128(38, 2)), joined["amount_sum"].cast(pa.decimal128(38, 2)))
    ).as_py()


def test_status_follows_the_clock(tables):
    flights = tables["flights"].to_pylist()
    statuses = {"Scheduled", "On Time", "Delayed", "Departed", "Arrived", "Cancelled"}
    seen = {flight["status"] for flight in flights}
    assert seen == statuses if tables["scale"] == "medium" else seen <= statuses
    for flight in flights:
        left, landed, status = flight["actual_departure"], flight["actual_arrival"], flight["status"]
        assert (left is not None) == (status in ("Departed", "Arrived")), flight
        assert (landed is not None) == (status == "Arrived"), flight
        assert left is None or left <= NOW
        assert landed is None or left < landed <= NOW
        assert flight["scheduled_departure"] < flight["scheduled_arrival"]
        if status in ("Scheduled", "On Time"):
            assert flight["scheduled_departure"] > NOW
    month = datetime.timedelta(days=31)
    times = [flight["scheduled_departure"] for flight in flights]
    assert min(times) <= NOW - month and max(times) >= NOW + month - datetime.timedelta(days=1)


def test_aircraft_reach_their_airports(tables):
    with (SAMPLE / "airports.csv").open(encoding="utf-8", newline="") as file:
        places = {row["code"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)}
    ranges = dict(
        zip(
            tables["aircrafts_data"]["aircraft_code"].to_pylist(),
            tables["aircrafts_data"]["range"].to_pylist(),
            strict=True,
        )
    )
    routes = values(tables["flights"], "departure_airport", "arrival_airport", "aircraft_code")
    for departure, arrival, aircraft in routes:
        assert departure != arrival
        (lat1, lon1), (lat2, lon2) = (np.radians(places[code]) for code in (departure, arrival))
        a = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
        assert 2 * 6371 * np.arcsin(np.sqrt(a)) < ranges[aircraft]


def test_boarding_passes_and_bookings_make_sense(tables):
    status = tables["flights"].select(["flight_id", "status"])
    boarded = set(tables["boarding_passes"].select(["flight_id"]).join(status, "flight_id")["status"].to_pylist())
    assert boarded <= {"Arrived", "Departed", "On Time", "Delayed"}
    assert pc.max(tables["bookings"]["book_date"]).as_py() <= NOW
    assert set(tables["ticket_flights"]["fare_conditions"].unique().to_pylist()) == {"Economy", "Comfort", "Business"}


def test_texts_have_their_form(tables):
    for row in tables["airports_data"].to_pylist():
        assert set(json.loads(row["airport_name"])) == set(json.loads(row["city"])) == {"en", "ru"}
        lon, lat = (float(each) for each in row["coordinates"].strip("()").split(","))
        assert -180 <= lon <= 180 and 40 <= lat <= 75
    some = tables["tickets"].slice(0, 1000).to_pylist()
    contacts = [json.loads(row["contact_data"]) for row in some]
    assert all("phone" in contact for contact in contacts)
    assert 0 < sum("email" in contact for contact in contacts) < 1000
    assert all(len(row["ticket_no"]) == 13 and len(row["book_ref"]) == 6 for row in some)


def test_departures(tables):
    if tables["scale"] != "medium":
        pytest.skip("the original's figures are those of medium")
    counted = (
        tables["flights"]
        .group_by("departure_airport")
        .aggregate([("flight_id", "count")])
        .sort_by([("flight_id_count", "descending")])
    )
    pairs = list(zip(counted["departure_airport"].to_pylist(), counted["flight_id_count"].to_pylist(), strict=True))
    assert pairs[:5] == TOP
    assert pairs[5][1] < TOP[-1][1]


def digests(lake: Path) -> dict[str, str]:
    return {
        str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest() for path in lake.rglob("*.parquet")
    }


def test_the_same_bytes_each_time(tmp_path):
    for name in ("one", "two"):
        assert generate(tmp_path / name, "0.01").returncode == 0
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_replaces_its_own_tables_and_no_others(tmp_path):
    assert generate(tmp_path, "0.01").returncode == 0
    assert generate(tmp_path, "0.02").returncode == 0
    before = digests(tmp_path)
    seats = tmp_path / "postgres-repo" / "raw" / "bookings" / "seats"
    (seats / ".strata-sample.json").unlink()
    refused = generate(tmp_path, "0.01")
    assert refused.returncode == 1
    assert re.fullmatch(r"strata: `.*` contains files that `strata data` did not write\n  help: .*\n", refused.stderr)
    assert digests(tmp_path) == before, "nothing was replaced"


@pytest.mark.parametrize("scale", ["large", "0", "-1", "nan", "1e9", ""])
def test_wrong_scales_are_refused(tmp_path, scale):
    refused = generate(tmp_path, scale)
    assert refused.returncode == 2
    assert re.fullmatch(r"strata: invalid `--scale .*`\n  help: write small, medium or a number .*\n", refused.stderr)


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    refused = generate(tmp_path / "file" / "lake", "small")
    assert refused.returncode == 1
    assert re.fullmatch(r"strata: the lake .* cannot be used: Not a directory\n  help: .*\n", refused.stderr)


def test_a_lock_that_is_a_link_keeps_what_it_leads_to(tmp_path):
    (tmp_path / "theirs").write_text("kept")
    (tmp_path / ".strata").mkdir()
    (tmp_path / ".strata" / "lock").symlink_to(tmp_path / "theirs")
    refused = generate(tmp_path, "small")
    assert refused.returncode == 1 and "cannot be used" in refused.stderr
    assert (tmp_path / "theirs").read_text() == "kept"
