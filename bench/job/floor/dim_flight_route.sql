-- Spark's dayofweek has 1 = Sunday, and its CAST to INT cuts.
SELECT
  flight_no,
  departure_airport,
  arrival_airport,
  aircraft_code,
  list_sort(list(DISTINCT isodow(scheduled_departure)::INTEGER)) AS days_of_week,
  min((epoch(scheduled_arrival)::BIGINT - epoch(scheduled_departure)::BIGINT) // 60)::INTEGER AS planned_duration_minutes
FROM flights_bronze
GROUP BY flight_no, departure_airport, arrival_airport, aircraft_code
