-- Aircraft models with their English name; one row an aircraft code.
SELECT
  aircraft_code,
  get_json_object(model, '$.en') AS model,
  `range`
FROM aircrafts_raw
