-- Bookings as they are; one row a booking.
SELECT
  book_ref,
  book_date,
  total_amount
FROM bookings_raw
