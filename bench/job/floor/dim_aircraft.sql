SELECT aircraft_code, model, "range" FROM aircrafts_bronze
