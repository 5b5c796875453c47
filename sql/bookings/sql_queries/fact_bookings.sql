-- Bookings down to the flight; one row a ticket and flight. total_amount is the booking's, so it repeats.
SELECT
  b.book_ref,
  b.book_date,
  b.total_amount,
  t.ticket_no,
  t.passenger_id,
  t.passenger_name,
  tf.flight_id,
  tf.fare_conditions,
  tf.amount
FROM bookings_bronze AS b
INNER JOIN tickets_bronze AS t ON b.book_ref = t.book_ref
INNER JOIN ticket_flights_bronze AS tf ON t.ticket_no = tf.ticket_no
