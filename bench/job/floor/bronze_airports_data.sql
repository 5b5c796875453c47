SELECT
  airport_code,
  json_extract_string(airport_name, '$.en') AS airport_name,
  json_extract_string(city, '$.en') AS city,
  coordinates,
  timezone
FROM airports_raw
