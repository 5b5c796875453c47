-- Flights with the names of both airports and their durations; one row a flight.
-- actual_duration_minutes is NULL until the flight has landed.
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
  CAST((unix_timestamp(f.scheduled_arrival) - unix_timestamp(f.scheduled_departure)) / 60 AS INT) AS scheduled_duration_minutes,
  CAST((unix_timestamp(f.actual_arrival) - unix_timestamp(f.actual_departure)) / 60 AS INT) AS actual_duration_minutes
FROM flights_bronze AS f
INNER JOIN airports_bronze AS dep ON f.departure_airport = dep.airport_code
INNER JOIN airports_bronze AS arr ON f.arrival_airport = arr.airport_code
