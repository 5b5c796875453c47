-- Routes; one row a flight number, pair of airports and aircraft code.
-- days_of_week: days flown, sorted, 1 = Monday … 7 = Sunday, by scheduled departure in UTC (dayofweek has 1 = Sunday).
-- planned_duration_minutes: the shortest planned duration, should schedules have changed.
SELECT
  flight_no,
  departure_airport,
  arrival_airport,
  aircraft_code,
  sort_array(collect_set((dayofweek(scheduled_departure) + 5) % 7 + 1)) AS days_of_week,
  min(CAST((unix_timestamp(scheduled_arrival) - unix_timestamp(scheduled_departure)) / 60 AS INT)) AS planned_duration_minutes
FROM flights_bronze
GROUP BY
  flight_no,
  departure_airport,
  arrival_airport,
  aircraft_code
