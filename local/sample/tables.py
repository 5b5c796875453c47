"""The eight raw tables as Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from flights import STATUSES, Flights, make_flights
from reference import AIRCRAFT, Airports, both_languages, read_airports, to_cyrillic
from tickets import FARES, Tickets, make_tickets

SEED = 20170815
"""The same seed, the same bytes: nothing depends on a clock, a locale or the number of threads."""

_FIRST = "Aleksandr Aleksei Anatolii Andrei Anton Artem Boris Denis Dmitrii Evgenii Igor Ilia Ivan Kirill Konstantin Maksim Mikhail Nikolai Oleg Pavel Roman Sergei Stanislav Viktor Vladimir Anastasiia Anna Daria Ekaterina Elena Galina Irina Kseniia Larisa Liudmila Mariia Marina Nadezhda Natalia Oksana Olga Polina Sofia Svetlana Tatiana Valentina Vera Viktoriia".upper().split()
_LAST = "Ivanov Smirnov Kuznetsov Popov Vasilev Petrov Sokolov Mikhailov Novikov Fedorov Morozov Volkov Alekseev Lebedev Semenov Egorov Pavlov Kozlov Stepanov Nikolaev Orlov Andreev Makarov Nikitin Zakharov Zaitsev Solovev Borisov Iakovlev Grigorev Romanov Vorobev Sergeev Kuzmin Frolov Aleksandrov Dmitriev Korolev Gusev Kiselev Ilin Maksimov Poliakov Sorokin Vinogradov Kovalev Belov Medvedev Antonov Tarasov".upper().split()
_WOMEN = _FIRST.index("ANASTASIIA")


def make_tables(factor: float) -> Iterator[tuple[str, pa.Table]]:
    """Name and rows of each table, small ones first."""
    random = np.random.Generator(np.random.PCG64(SEED))
    airports = read_airports()
    yield "aircrafts_data", _aircrafts()
    yield "seats", _seats()
    yield "airports_data", _airports(airports)
    flights = make_flights(factor, airports, random)
    yield "flights", _flights(flights, airports)
    tickets = make_tickets(factor, flights, random)
    references = _references(len(tickets.total))
    yield (
        "bookings",
        pa.table(
            {"book_ref": references, "book_date": _instants(tickets.booked), "total_amount": _money(tickets.total)}
        ),
    )
    numbers = _numbers("0005432", np.arange(len(tickets.booking_of)), 6)
    yield "tickets", _tickets(tickets, references, numbers, random)
    yield (
        "ticket_flights",
        pa.table(
            {
                "ticket_no": numbers.take(pa.array(tickets.ticket)),
                "flight_id": pa.array((tickets.flight + 1).astype(np.int32)),
                "fare_conditions": pa.array(FARES).take(pa.array(tickets.fare)),
                "amount": _money(tickets.amount),
            }
        ),
    )
    yield "boarding_passes", _boarding_passes(tickets, flights, numbers)


def _aircrafts() -> pa.Table:
    return pa.table(
        {
            "aircraft_code": [model.code for model in AIRCRAFT],
            "model": [both_languages(model.model, model.model_ru) for model in AIRCRAFT],
            "range": pa.array([model.range for model in AIRCRAFT], pa.int32()),
        }
    )


def _seats() -> pa.Table:
    rows = [(model.code, seat, fare) for model in AIRCRAFT for seat, fare in model.seats()]
    code, seat, fare = zip(*rows, strict=True)
    return pa.table({"aircraft_code": list(code), "seat_no": list(seat), "fare_conditions": list(fare)})


def _airports(airports: Airports) -> pa.Table:
    return pa.table(
        {
            "airport_code": airports.code,
            "airport_name": [both_languages(name, to_cyrillic(name)) for name in airports.name],
            "city": [both_languages(city, to_cyrillic(city)) for city in airports.city],
            "coordinates": [f"({lon:.4f},{lat:.4f})" for lat, lon in zip(airports.lat, airports.lon, strict=True)],
            "timezone": airports.timezone,
        }
    )


def _flights(flights: Flights, airports: Airports) -> pa.Table:
    codes = pa.array(airports.code)
    return pa.table(
        {
            "flight_id": pa.array(np.arange(1, len(flights) + 1, dtype=np.int32)),
            "flight_no": pa.array(flights.flight_no.astype(str)),
            "scheduled_departure": _instants(flights.scheduled_departure),
            "scheduled_arrival": _instants(flights.scheduled_arrival),
            "departure_airport": codes.take(pa.array(flights.departure)),
            "arrival_airport": codes.take(pa.array(flights.arrival)),
            "status": pa.array(STATUSES).take(pa.array(flights.status)),
            "aircraft_code": pa.array([model.code for model in AIRCRAFT]).take(pa.array(flights.aircraft)),
            "actual_departure": _instants(flights.actual_departure),
            "actual_arrival": _instants(flights.actual_arrival),
        }
    )


def _tickets(tickets: Tickets, references: pa.Array, numbers: pa.Array, random: np.random.Generator) -> pa.Table:
    size = len(tickets.booking_of)
    first, last = random.integers(0, len(_FIRST), size), random.integers(0, len(_LAST), size)
    surnames = pa.array(_LAST).take(pa.array(last))
    surnames = pc.binary_join_element_wise(
        surnames, pa.array(["", "A"]).take(pa.array((first >= _WOMEN).astype(int))), ""
    )
    names = pc.binary_join_element_wise(pa.array(_FIRST).take(pa.array(first)), surnames, " ")
    identity = (np.arange(size, dtype=np.int64) * 7_368_787 + 1_234_567) % 10_000_000_000
    passport = pc.binary_join_element_wise(_digits(identity // 1_000_000, 4), _digits(identity % 1_000_000, 6), " ")
    phone = _numbers("+7", random.integers(0, 10_000_000_000, size), 10)
    mail = pc.binary_join_element_wise(
        pc.replace_substring(pc.utf8_lower(names), " ", "."), _digits(np.arange(size), 1), "_"
    )
    without = pc.binary_join_element_wise('{"phone": "', phone, '"}', "")
    with_mail = pc.binary_join_element_wise('{"email": "', mail, '@example.com", "phone": "', phone, '"}', "")
    contact = pc.if_else(pa.array(random.random(size) < 0.6), with_mail, without)
    booking = references.take(pa.array(tickets.booking_of))
    return pa.table(
        {
            "ticket_no": numbers,
            "book_ref": booking,
            "passenger_id": passport,
            "passenger_name": names,
            "contact_data": contact,
        }
    )


def _boarding_passes(tickets: Tickets, flights: Flights, numbers: pa.Array) -> pa.Table:
    flight, seat = tickets.flight[tickets.boarding], tickets.seat[tickets.boarding]
    names = [name for model in AIRCRAFT for name, _ in model.seats()]
    first_seat = np.cumsum([0] + [len(model.seats()) for model in AIRCRAFT])[:-1]
    return pa.table(
        {
            "ticket_no": numbers.take(pa.array(tickets.ticket[tickets.boarding])),
            "flight_id": pa.array((flight + 1).astype(np.int32)),
            "boarding_no": pa.array(tickets.boarding_no.astype(np.int32)),
            "seat_no": pa.array(names).take(pa.array(first_seat[flights.aircraft[flight]] + seat)),
        }
    )


def _references(size: int) -> pa.Array:
    """Six hexadecimal digits each, all different: an odd factor permutes the numbers below 16^6."""
    return pa.array([f"{number * 8_675_309 % 16**6:06X}" for number in range(size)])


def _numbers(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar(prefix), _digits(numbers, width), "")


def _digits(numbers: np.ndarray, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers.astype(np.int64)).cast(pa.string()), width, "0")


def _instants(times: np.ndarray) -> pa.Array:
    return pa.array(times.astype("datetime64[us]"), pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def _money(hundredths: np.ndarray) -> pa.Array:
    """decimal(10,2) from whole hundredths, without a detour through floating point: the 128 bits are the number."""
    wide = np.zeros((len(hundredths), 2), dtype=np.int64)
    wide[:, 0] = hundredths
    wide[:, 1] = np.where(hundredths < 0, -1, 0)
    return pa.Array.from_buffers(pa.decimal128(10, 2), len(hundredths), [None, pa.py_buffer(wide.tobytes())])
