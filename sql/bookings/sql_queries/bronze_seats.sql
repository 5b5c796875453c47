-- Seats of each aircraft model as they are; one row an aircraft code and seat.
SELECT
  aircraft_code,
  seat_no,
  fare_conditions
FROM seats_raw
