"""What does not depend on the scale: aircraft, seats, airports."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Cabin:
    """Rows `first` to `last` of one class, with a letter a seat."""

    fare: str
    first: int
    last: int
    letters: str


@dataclass(frozen=True)
class Aircraft:
    """One model; `range` in km, `speed` in km/h."""

    code: str
    model: str
    model_ru: str
    range: int
    speed: int
    cabins: tuple[Cabin, ...]

    def seats(self) -> list[tuple[str, str]]:
        """Seat number and class, from the front."""
        return [
            (f"{row}{letter}", cabin.fare)
            for cabin in self.cabins
            for row in range(cabin.first, cabin.last + 1)
            for letter in cabin.letters
        ]


AIRCRAFT = (
    Aircraft(
        "319",
        "Airbus A319-100",
        "Аэробус A319-100",
        6700,
        840,
        (Cabin("Business", 1, 5, "ACDF"), Cabin("Economy", 6, 21, "ABCDEF")),
    ),
    Aircraft(
        "320",
        "Airbus A320-200",
        "Аэробус A320-200",
        5700,
        840,
        (Cabin("Business", 1, 5, "ACDF"), Cabin("Economy", 6, 25, "ABCDEF")),
    ),
    Aircraft(
        "321",
        "Airbus A321-200",
        "Аэробус A321-200",
        5600,
        840,
        (Cabin("Business", 1, 7, "ACDF"), Cabin("Economy", 8, 30, "ABCDEF"), Cabin("Economy", 31, 31, "ACDF")),
    ),
    Aircraft(
        "733",
        "Boeing 737-300",
        "Боинг 737-300",
        4200,
        800,
        (Cabin("Business", 1, 3, "ACDF"), Cabin("Economy", 4, 22, "ABCDEF"), Cabin("Economy", 23, 23, "ACDF")),
    ),
    Aircraft(
        "763",
        "Boeing 767-300",
        "Боинг 767-300",
        7900,
        850,
        (Cabin("Business", 1, 5, "ABCDFG"), Cabin("Economy", 6, 32, "ABCDEFG"), Cabin("Economy", 33, 33, "ABC")),
    ),
    Aircraft(
        "773",
        "Boeing 777-300",
        "Боинг 777-300",
        11100,
        905,
        (
            Cabin("Business", 1, 5, "ACDGHK"),
            Cabin("Comfort", 6, 11, "ACDEFGHK"),
            Cabin("Economy", 12, 43, "ACDEFGHJK"),
            Cabin("Economy", 44, 49, "ACDGHK"),
        ),
    ),
    Aircraft("CN1", "Cessna 208 Caravan", "Сессна 208 Караван", 1200, 300, (Cabin("Economy", 1, 6, "AB"),)),
    Aircraft(
        "CR2",
        "Bombardier CRJ-200",
        "Бомбардье CRJ-200",
        2700,
        780,
        (Cabin("Economy", 1, 12, "ACDF"), Cabin("Economy", 13, 13, "AC")),
    ),
    Aircraft(
        "SU9",
        "Sukhoi Superjet-100",
        "Сухой Суперджет-100",
        3000,
        830,
        (Cabin("Business", 1, 3, "ACDF"), Cabin("Economy", 4, 20, "ACDEF")),
    ),
)

LARGE_CITIES = (
    "SVX KJA ROV UFA KUF KZN AER KRR PEE CEK TJM OMS IKT KHV VVO SGC MRV GOJ KGD VOG VOZ ARH MMK UUD BAX TOF YKS UUS "
    "NUX HTA"
).split()
"""Airports that have more departures than the rest, after the five whose number is known; the first has the most."""


@dataclass(frozen=True)
class Airports:
    """Columns of airports.csv as arrays, in the file's order."""

    code: list[str]
    name: list[str]
    city: list[str]
    lat: np.ndarray
    lon: np.ndarray
    timezone: list[str]

    def distances(self) -> np.ndarray:
        """Great-circle distances in km, airport by airport."""
        lat, lon = np.radians(self.lat), np.radians(self.lon)
        a = (
            np.sin((lat[:, None] - lat) / 2) ** 2
            + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
        )
        return 2 * 6371.0 * np.arcsin(np.sqrt(np.clip(a, 0, 1)))


def read_airports() -> Airports:
    with (Path(__file__).parent / "airports.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    column = {key: [row[key] for row in rows] for key in rows[0]}
    return Airports(
        column["code"],
        column["name"],
        column["city"],
        np.array(column["lat"], dtype=float),
        np.array(column["lon"], dtype=float),
        column["timezone"],
    )


def both_languages(english: str, russian: str) -> str:
    """The JSON that the original has in its names."""
    return json.dumps({"en": english, "ru": russian}, ensure_ascii=False)


_LETTERS = {
    "shch": "щ", "sch": "щ", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю", "ya": "я", "yo": "ё",
    "ye": "е", "a": "а", "b": "б", "v": "в", "g": "г", "d": "д", "e": "е", "z": "з", "i": "и", "y": "ы", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "у", "f": "ф", "h": "х",
    "c": "к", "j": "дж", "w": "в", "x": "кс", "q": "к", "'": "ь",
}  # fmt: skip


def to_cyrillic(text: str) -> str:
    """English spelling → Cyrillic letters, by a plain table: readable, not the official name."""
    result, at = "", 0
    while at < len(text):
        piece = next(
            (text[at : at + size] for size in (4, 3, 2, 1) if text[at : at + size].lower() in _LETTERS), text[at]
        )
        letters = _LETTERS.get(piece.lower(), piece)
        result += letters.capitalize() if piece[0].isupper() else letters
        at += len(piece)
    return result
