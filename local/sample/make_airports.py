"""Writes airports.csv once, from the package `airportsdata` (MIT licence). Run by hand when the list changes.

pip install --require-hashes -r setup/python/airports.txt
python local/sample/make_airports.py
"""

from __future__ import annotations

import csv
from pathlib import Path

import airportsdata

CODES = (
    "AAQ ABA AER ARH ASF BAX BQS BTK BZK CEE CEK CNN CSY DME DYR EGO ESL EYK GDX GDZ GOJ GRV HMA HTA IAR IJK IKT IWA "
    "JOK KEJ KGD KGP KHV KJA KLF KRO KRR KUF KVX KXK KYZ KZN LED LPK MCX MJZ MMK MQF MRV NAL NBC NFG NJC NNM NOJ NOZ "
    "NSK NUX NYA NYM OGZ OMS OSW OVB OVS PEE PES PEZ PKC PKV PYJ REN RGK ROV RTW SCW SGC SKX SLY STW SVO SVX SWT TBW "
    "TJM TOF UCT UFA UIK UKX ULV ULY URJ URS USK UUA UUD UUS VKO VKT VOG VOZ VVO YKS"
).split()

BY_HAND = {
    "CNN": ("Chulman Airport", "Neryungri", 56.9139, 124.9140, "Asia/Yakutsk"),
    "EYK": ("Beloyarsky Airport", "Beloyarsky", 63.6869, 66.6986, "Asia/Yekaterinburg"),
    "JOK": ("Yoshkar-Ola Airport", "Yoshkar-Ola", 56.7006, 47.9047, "Europe/Moscow"),
    "RTW": ("Saratov Central Airport", "Saratov", 51.5650, 46.0467, "Europe/Saratov"),
}
"""Not in the package, or replaced there by another airport: closed or renamed since 2017. Coordinates to the nearest hundred metres."""

CITIES = {"IAR": "Yaroslavl"}
"""Cities that the package leaves empty."""


def main() -> None:
    known = airportsdata.load("IATA")
    with (Path(__file__).parent / "airports.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "name", "city", "lat", "lon", "timezone"])
        for code in CODES:
            if code in BY_HAND:
                writer.writerow([code, *BY_HAND[code]])
            else:
                airport = known[code]
                city = airport["city"] or CITIES[code]
                writer.writerow([code, airport["name"], city, *(airport[key] for key in ("lat", "lon", "tz"))])


if __name__ == "__main__":
    main()
