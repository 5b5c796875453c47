/** Functions of Spark 3.5, written by `npm run functions`: kind, numbers of arguments (`3+`: 3 or more), names. */
export const SPARK_3_5 = `
aggregate 0+: grouping_id
aggregate 1: any array_agg avg bit_and bit_or bit_xor bitmap_construct_agg bitmap_or_agg bool_and bool_or collect_list collect_set
  count_if every grouping kurtosis max mean median min mode skewness some std stddev stddev_pop stddev_samp sum try_avg try_sum var_pop
  var_samp variance
aggregate 1 2: any_value approx_count_distinct first first_value hll_sketch_agg hll_union_agg last last_value
aggregate 1+: count
aggregate 2: corr covar_pop covar_samp histogram_numeric max_by min_by regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
  regr_sxx regr_sxy regr_syy
aggregate 2 3: approx_percentile percentile percentile_approx
aggregate 4: count_min_sketch
generator 1: explode explode_outer inline inline_outer posexplode posexplode_outer
generator 2+: stack
scalar : cast in when
scalar 0: curdate current_catalog current_database current_date current_schema current_timestamp current_timezone current_user e
  input_file_block_length input_file_block_start input_file_name localtimestamp monotonically_increasing_id now pi spark_partition_id user
  uuid version
scalar 0 1: rand randn random
scalar 0 1 2: make_ym_interval unix_timestamp
scalar 0 1 2 3 4: make_dt_interval
scalar 0 1 2 3 4 5 6 7: make_interval
scalar 0+: array arrays_zip concat map_concat struct
scalar 1: abs acos acosh array_compact array_distinct array_max array_min array_size ascii asin asinh atan atanh base64 bigint bin binary
  bit_count bit_length bitmap_bit_position bitmap_bucket_number bitmap_count boolean cardinality cbrt char char_length character_length
  chr cos cosh cot crc32 csc date date_from_unix_date day dayofmonth dayofweek dayofyear decimal degrees double exp expm1 factorial
  flatten float hex hll_sketch_estimate hour initcap int isnan isnotnull isnull json_array_length json_object_keys last_day lcase len
  length ln log10 log1p log2 lower luhn_check map_entries map_from_entries map_keys map_values md5 minute month negative not octet_length
  positive quarter radians raise_error reverse rint sec second sha sha1 shuffle sign signum sin sinh size smallint soundex space sqrt
  string tan tanh timestamp timestamp_micros timestamp_millis timestamp_seconds tinyint typeof ucase unbase64 unhex unix_date unix_micros
  unix_millis unix_seconds upper url_decode url_encode weekday weekofyear window_time year
scalar 1 2: array_sort assert_true bround btrim ceil ceiling floor from_unixtime log ltrim round rtrim schema_of_csv schema_of_json
  sort_array to_binary to_csv to_date to_json to_timestamp to_timestamp_ltz to_timestamp_ntz to_unix_timestamp trim try_to_binary
  try_to_timestamp
scalar 1 2 3: sentences str_to_map
scalar 1 2 3 4 5: mask
scalar 1+: coalesce concat_ws format_string hash printf xxhash64
scalar 2: add_months and array_append array_contains array_except array_intersect array_position array_prepend array_remove array_repeat
  array_union arrays_overlap atan2 bit_get contains date_add date_diff date_format date_part date_sub date_trunc dateadd datediff datepart
  div element_at encode endswith equal_null exists extract filter find_in_set forall format_number from_utc_timestamp get get_json_object
  getbit hypot ifnull ilike instr left like map_contains_key map_filter map_from_arrays mod nanvl next_day nullif nvl or pmod pow power
  regexp regexp_count regexp_like regexp_substr repeat right rlike session_window sha2 shiftleft shiftright shiftrightunsigned startswith
  to_char to_number to_utc_timestamp to_varchar transform transform_keys transform_values trunc try_add try_divide try_element_at
  try_multiply try_subtract try_to_number xpath xpath_boolean xpath_double xpath_float xpath_int xpath_long xpath_number xpath_short
  xpath_string
scalar 2 3: array_join convert_timezone from_csv from_json hll_union levenshtein locate lpad months_between parse_url position
  regexp_extract regexp_extract_all regexp_instr replace rpad sequence split substr substring
scalar 2 3 4: window
scalar 2 3 4 5: aes_decrypt try_aes_decrypt
scalar 2 3 4 5 6: aes_encrypt
scalar 2+: decode elt greatest java_method json_tuple least reflect
scalar 2n: map named_struct
scalar 3: array_insert conv if make_date map_zip_with nvl2 slice split_part substring_index translate zip_with
scalar 3 4: aggregate overlay reduce regexp_replace
scalar 4: width_bucket
scalar 6: make_timestamp_ntz
scalar 6 7: make_timestamp make_timestamp_ltz
table 0: sql_keywords
table 1: explode explode_outer inline inline_outer posexplode posexplode_outer
table 1 2 3 4: range
table 2+: json_tuple stack
window 0: cume_dist row_number
window 0 1: ntile
window 0 1 2 3: lag lead
window 0+: dense_rank percent_rank rank
window 2: nth_value
`;
