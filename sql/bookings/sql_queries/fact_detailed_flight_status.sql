-- Flights with the names of both airports and the planned duration of their route; one row a flight.
SELECT
  f.flight_id,
  f.flight_no,
  f.scheduled_departure,
  f.scheduled_arrival,
  f.departure_airport,
  dep.airport_name AS departure_airport_name,
  dep.city AS departure_city,
  f.arrival_airport,
  arr.airport_name AS arrival_airport_name,
  arr.city AS arrival_city,
  f.status,
  f.aircraft_code,
  f.actual_departure,
  f.actual_arrival,
  r.planned_duration_minutes
FROM flights_bronze AS f
INNER JOIN airports_bronze AS dep ON f.departure_airport = dep.airport_code
INNER JOIN airports_bronze AS arr ON f.arrival_airport = arr.airport_code
LEFT JOIN flight_route_gold AS r
  ON f.flight_no = r.flight_no
  AND f.departure_airport = r.departure_airport
  AND f.arrival_airport = r.arrival_airport
  AND f.aircraft_code = r.aircraft_code
