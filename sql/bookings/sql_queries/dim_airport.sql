-- Airports; one row an airport code.
SELECT
  airport_code,
  airport_name,
  city,
  coordinates,
  timezone
FROM airports_bronze
