SELECT
  ticket_no,
  book_ref,
  passenger_id,
  passenger_name,
  json_extract_string(contact_data, '$.email') AS email,
  json_extract_string(contact_data, '$.phone') AS phone
FROM tickets_raw
