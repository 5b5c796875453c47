-- Boarding passes as they are; one row a ticket and flight.
SELECT
  ticket_no,
  flight_id,
  boarding_no,
  seat_no
FROM boarding_passes_raw
