"""Bookings, tickets, their flights and boarding passes, by the loads of the flights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flights import NOW, STATUSES, Flights, share
from reference import AIRCRAFT

BOOKINGS, TICKETS, TICKET_FLIGHTS, BOARDING_PASSES = 593_433, 829_071, 2_360_335, 1_894_295
"""Rows at scale medium, as in the original."""

FARES = ("Economy", "Comfort", "Business")
_PRICE = np.array([1.0, 1.7, 3.0])
_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Tickets:
    """Columns of the four tables; flights, tickets and bookings are indexes. Amounts are in hundredths of a rouble."""

    flight: np.ndarray
    """By ticket and flight, in the order of departure, as are the next four."""
    ticket: np.ndarray
    seat: np.ndarray
    """Index of the seat in the aircraft."""
    fare: np.ndarray
    amount: np.ndarray
    boarding: np.ndarray
    """Indexes of the rows that have a boarding pass."""
    boarding_no: np.ndarray
    booking_of: np.ndarray
    """By ticket."""
    total: np.ndarray
    """By booking, as is the next."""
    booked: np.ndarray


def make_tickets(factor: float, flights: Flights, random: np.random.Generator) -> Tickets:
    """Fills the flights' seats, then ties the seats to tickets and the tickets to bookings."""
    bookings, tickets, rows, passes = (
        round(count * factor) for count in (BOOKINGS, TICKETS, TICKET_FLIGHTS, BOARDING_PASSES)
    )
    loads, soon_passes = _loads(flights, rows, passes, random)
    flight = np.repeat(np.arange(len(flights)), loads)
    rank = np.arange(rows) - np.repeat(np.cumsum(loads) - loads, loads)
    seat, fare = _seats(flights, flight, rank, random)
    amount = np.round((flights.distance[flight] * 550 + 250_000) * _PRICE[fare] / 10_000).astype(np.int64) * 10_000
    # A ticket's flights are a whole round of tickets apart in time, so never the same flight, and in order.
    ticket = np.arange(rows) % tickets
    booking_of = np.repeat(np.arange(bookings), _group_sizes(bookings, tickets, random))
    total = np.zeros(bookings, dtype=np.int64)
    np.add.at(total, booking_of[ticket], amount)
    booked = _booked(flights, flight[:tickets], booking_of, bookings, random)
    boarding = _boarding(flights, flight, rank, soon_passes)
    return Tickets(flight, ticket, seat, fare, amount, boarding, rank[boarding] + 1, booking_of, total, booked)


def _loads(flights: Flights, rows: int, passes: int, random: np.random.Generator) -> tuple[np.ndarray, int]:
    """Passengers by flight. Who has flown has a boarding pass, and of those who leave within a day the first to check in."""
    seats = np.array([len(model.seats()) for model in AIRCRAFT])[flights.aircraft]
    flown = (flights.status == STATUSES.index("Arrived")) | (flights.status == STATUSES.index("Departed"))
    soon = (flights.status == STATUSES.index("On Time")) | (flights.status == STATUSES.index("Delayed"))
    weights = seats * (0.4 + 0.6 * random.random(len(flights)))
    loads = np.zeros(len(flights), dtype=int)
    on_rest = rows - passes
    loads[~flown] = _fill(on_rest, weights[~flown], seats[~flown])
    soon_passes = min(round(passes * 0.005), int(loads[soon].sum()))
    # The checked-in passengers of flights to come are rows of those flights, so as many more fly on those that have left.
    loads[~flown] = _fill(on_rest + soon_passes, weights[~flown], seats[~flown])
    loads[flown] = _fill(passes - soon_passes, weights[flown], seats[flown])
    return loads, soon_passes


def _fill(total: int, weights: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to the weights, none above its limit."""
    if total > limit.sum():
        raise ValueError(f"{total} passengers do not fit into {limit.sum()} seats")
    loads = np.zeros(len(weights), dtype=int)
    while (left := total - int(loads.sum())) > 0:
        free = np.where(loads < limit, weights, 0.0)
        loads = np.minimum(loads + share(left, free / free.sum()), limit)
    return loads


def _seats(
    flights: Flights, flight: np.ndarray, rank: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A seat for each passenger: a shuffled order by aircraft, started at another seat in each flight."""
    start = random.integers(0, 1000, len(flights))
    seat, fare = np.zeros(len(flight), dtype=int), np.zeros(len(flight), dtype=int)
    for index, model in enumerate(AIRCRAFT):
        here = flights.aircraft[flight] == index
        order = random.permutation(len(model.seats()))
        classes = np.array([FARES.index(kind) for _, kind in model.seats()])
        seat[here] = order[(rank[here] + start[flight[here]]) % len(order)]
        fare[here] = classes[seat[here]]
    return seat, fare


def _group_sizes(groups: int, items: int, random: np.random.Generator) -> np.ndarray:
    """At least one item a group, the rest spread at random, four more at most."""
    sizes = np.ones(groups, dtype=int)
    while (left := items - int(sizes.sum())) > 0:
        chosen = random.permutation(groups)[:left]
        sizes[chosen[sizes[chosen] < 5]] += 1
    return sizes


def _booked(
    flights: Flights, first_flight: np.ndarray, booking_of: np.ndarray, bookings: int, random: np.random.Generator
) -> np.ndarray:
    """A booking is made up to a month before the first flight of its first ticket, and before NOW."""
    first_ticket = np.searchsorted(booking_of, np.arange(bookings))
    leaves = flights.scheduled_departure[first_flight[first_ticket]]
    before = (random.random(bookings) * 29 * _DAY_US).astype(np.int64) // 60_000_000 * 60_000_000 + _DAY_US // 2
    return np.minimum(leaves, NOW) - before.astype("timedelta64[us]")


def _boarding(flights: Flights, flight: np.ndarray, rank: np.ndarray, soon_passes: int) -> np.ndarray:
    """Rows with a boarding pass: all that have flown, and the first to check in for flights within a day."""
    status = flights.status[flight]
    flown = (status == STATUSES.index("Arrived")) | (status == STATUSES.index("Departed"))
    soon = np.flatnonzero((status == STATUSES.index("On Time")) | (status == STATUSES.index("Delayed")))
    first = soon[np.argsort(rank[soon], kind="stable")][:soon_passes]
    return np.sort(np.concatenate([np.flatnonzero(flown), first]))
