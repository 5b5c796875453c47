-- Aircraft models; one row an aircraft code.
SELECT
  aircraft_code,
  model,
  `range`
FROM aircrafts_bronze
