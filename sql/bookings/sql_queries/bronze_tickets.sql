-- Tickets with e-mail address and phone number out of the contact data; one row a ticket.
SELECT
  ticket_no,
  book_ref,
  passenger_id,
  passenger_name,
  get_json_object(contact_data, '$.email') AS email,
  get_json_object(contact_data, '$.phone') AS phone
FROM tickets_raw
