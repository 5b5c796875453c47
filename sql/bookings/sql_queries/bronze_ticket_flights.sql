-- Flights of each ticket as they are; one row a ticket and flight.
SELECT
  ticket_no,
  flight_id,
  fare_conditions,
  amount
FROM ticket_flights_raw
