"""Flights: routes with a fixed timetable, and what had become of each flight at the data's "now"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from reference import AIRCRAFT, LARGE_CITIES, Airports

NOW = np.datetime64("2017-08-15T15:00:00", "us")
"""The data's present, in UTC."""

FIRST_DAY, DAYS = np.datetime64("2017-07-14", "D"), 65
"""Flights leave from a month before NOW to a month after it."""

FLIGHTS = 65_664
TOP_DEPARTURES = {"DME": 6376, "SVO": 5912, "LED": 3769, "VKO": 3405, "OVB": 2091}
"""At scale medium, as in the original."""

STATUSES = ("Scheduled", "On Time", "Delayed", "Departed", "Arrived", "Cancelled")
_MINUTE = np.timedelta64(60_000_000, "us")


@dataclass(frozen=True)
class Flights:
    """Columns by flight, in the order of departure. Airports and aircraft are indexes. Times are UTC; NaT is null."""

    flight_no: np.ndarray
    departure: np.ndarray
    arrival: np.ndarray
    aircraft: np.ndarray
    scheduled_departure: np.ndarray
    scheduled_arrival: np.ndarray
    actual_departure: np.ndarray
    actual_arrival: np.ndarray
    status: np.ndarray
    distance: np.ndarray

    def __len__(self) -> int:
        return len(self.departure)


def departures(factor: float, airports: Airports) -> np.ndarray:
    """Flights by airport of departure; at factor 1 exactly those of the original for the top five."""
    rest = list(LARGE_CITIES) + [
        code for code in airports.code if code not in LARGE_CITIES and code not in TOP_DEPARTURES
    ]
    left = FLIGHTS - sum(TOP_DEPARTURES.values())
    weights = np.array([1 / (rank + 12) for rank in range(len(rest))])
    counts = dict(zip(rest, share(left, weights / weights.sum()), strict=True)) | TOP_DEPARTURES
    medium = np.array([counts[code] for code in airports.code], dtype=float)
    return medium.astype(int) if factor == 1 else share(round(FLIGHTS * factor), medium / FLIGHTS)


def share(total: int, weights: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to weights that sum to 1: the largest remainders get what rounding leaves."""
    exact = total * weights
    whole = np.floor(exact).astype(int)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


def make_flights(factor: float, airports: Airports, random: np.random.Generator) -> Flights:
    """All flights, sorted by departure."""
    counts = departures(factor, airports)
    distances = airports.distances()
    columns: list[list[np.ndarray]] = [[] for _ in range(6)]
    number = 0
    for airport, count in enumerate(counts):
        left = int(count)
        while left > 0:
            number += 1
            route = _route(airport, counts, distances, random)
            times = _timetable(min(left, DAYS), random)[:left]
            left -= len(times)
            flight_no, (arrival, aircraft, minutes) = f"PG{number:04d}", route
            for column, value in zip(columns, (flight_no, airport, arrival, aircraft, minutes), strict=False):
                column.append(np.full(len(times), value))
            columns[5].append(times)
    flight_no, departure, arrival, aircraft, minutes, times = (np.concatenate(column) for column in columns)
    order = np.lexsort((flight_no, times))
    return _outcomes(
        flight_no[order],
        departure[order],
        arrival[order],
        aircraft[order],
        minutes[order],
        times[order],
        distances,
        random,
    )


def _route(
    airport: int, counts: np.ndarray, distances: np.ndarray, random: np.random.Generator
) -> tuple[int, int, int]:
    """A destination in proportion to its own traffic, an aircraft that reaches it, minutes from gate to gate."""
    weights = np.where(np.arange(len(counts)) == airport, 0.0, counts.astype(float) + 1)
    arrival = int(np.searchsorted(np.cumsum(weights / weights.sum()), random.random(), side="right"))
    arrival = min(arrival, len(counts) - 1)
    distance = float(distances[airport, arrival])
    able = [index for index, model in enumerate(AIRCRAFT) if model.range > distance * 1.05]
    likely = np.array([_likelihood(AIRCRAFT[index].code, distance) for index in able])
    aircraft = able[
        min(int(np.searchsorted(np.cumsum(likely / likely.sum()), random.random(), side="right")), len(able) - 1)
    ]
    minutes = 30 + distance / AIRCRAFT[aircraft].speed * 60
    return arrival, aircraft, int(round(minutes / 5) * 5)


def _likelihood(code: str, distance: float) -> float:
    """Small aircraft fly short routes, large ones long routes; some of each everywhere they reach."""
    best = {
        "CN1": 300,
        "CR2": 900,
        "SU9": 1500,
        "733": 1800,
        "319": 2600,
        "320": 2200,
        "321": 2400,
        "763": 4200,
        "773": 6000,
    }
    return float(np.exp(-(((distance - best[code]) / 1500) ** 2))) * (0.25 if code in ("CN1", "320") else 1.0) + 0.02


def _timetable(at_most: int, random: np.random.Generator) -> np.ndarray:
    """Departures of one flight number: the same minute on the same days of the week, as long as it is needed."""
    days_a_week = int(min(7, max(1, np.ceil(at_most / (DAYS / 7)))))
    if days_a_week == 7 and random.random() < 0.4:
        days_a_week = int(random.integers(2, 7))
    weekdays = np.sort(random.permutation(7)[:days_a_week])
    minute = int(random.integers(0, 288)) * 5
    days = FIRST_DAY + np.arange(DAYS)
    # 1970-01-01 was a Thursday.
    flown = days[np.isin((days.astype(int) + 3) % 7, weekdays)]
    return flown.astype("datetime64[us]") + minute * _MINUTE


def _outcomes(flight_no, departure, arrival, aircraft, minutes, times, distances, random) -> Flights:  # type: ignore[no-untyped-def]
    """Delays, cancellations and, at NOW, the status that they lead to."""
    size = len(times)
    delay = np.where(random.random(size) < 0.05, random.integers(30, 300, size), random.integers(0, 11, size))
    slower = random.integers(-5, 6, size)
    planned = np.maximum(minutes, 20)
    left, landed = times + delay * _MINUTE, times + (delay + planned + slower) * _MINUTE
    cancelled = (random.random(size) < 0.006) & (times < NOW + np.timedelta64(20, "D"))
    has_left, has_landed = ~cancelled & (left <= NOW), ~cancelled & (landed <= NOW)
    is_soon = ~cancelled & ~has_left & (times <= NOW + np.timedelta64(1, "D"))
    is_late = is_soon & ((delay > 10) | (times <= NOW))
    status = np.select([cancelled, has_landed, has_left, is_late, is_soon], [5, 4, 3, 2, 1], default=0)
    nothing = np.datetime64("NaT", "us")
    return Flights(
        flight_no,
        departure,
        arrival,
        aircraft,
        times,
        times + planned * _MINUTE,
        np.where(has_left, left, nothing),
        np.where(has_landed, landed, nothing),
        status,
        distances[departure, arrival],
    )
