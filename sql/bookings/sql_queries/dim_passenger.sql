-- Passengers with their contact data; one row a distinct combination of the four columns.
SELECT DISTINCT
  passenger_id,
  passenger_name,
  email,
  phone
FROM tickets_bronze
