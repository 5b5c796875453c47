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
  ((epoch(f.scheduled_arrival)::BIGINT - epoch(f.scheduled_departure)::BIGINT) // 60)::INTEGER AS scheduled_duration_minutes,
  ((epoch(f.actual_arrival)::BIGINT - epoch(f.actual_departure)::BIGINT) // 60)::INTEGER AS actual_duration_minutes
FROM flights_bronze AS f
INNER JOIN airports_bronze AS dep ON f.departure_airport = dep.airport_code
INNER JOIN airports_bronze AS arr ON f.arrival_airport = arr.airport_code
