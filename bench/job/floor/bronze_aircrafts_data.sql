SELECT aircraft_code, json_extract_string(model, '$.en') AS model, "range" FROM aircrafts_raw
