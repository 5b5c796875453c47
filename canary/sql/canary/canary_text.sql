-- Text that a wrong locale, an extra quoting or a template would change: é, both quotes, $, a backslash, 日本, 😀.
SELECT
  'é " \' $ \\ 日本 😀' AS from_sql,
  :note AS from_parameter
