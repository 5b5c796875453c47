/** Functions of Spark 4.1, written by `npm run functions`: kind, numbers of arguments (`3+`: 3 or more), names. */
export const SPARK_4_1 = `
aggregate 0 1 2: mode
aggregate 0+: grouping_id
aggregate 1: any array_agg avg bit_and bit_or bit_xor bitmap_and_agg bitmap_construct_agg bitmap_or_agg bool_and bool_or collect_list
  collect_set count_if every grouping kurtosis max mean median min percentile_cont percentile_disc skewness some std stddev stddev_pop
  stddev_samp sum theta_intersection_agg try_avg try_sum var_pop var_samp variance
aggregate 1 2: any_value approx_count_distinct approx_top_k_accumulate approx_top_k_combine first first_value hll_sketch_agg hll_union_agg
  kll_sketch_agg_bigint kll_sketch_agg_double kll_sketch_agg_float last last_value listagg string_agg theta_sketch_agg theta_union_agg
aggregate 1 2 3: approx_top_k
aggregate 1+: count
aggregate 2: corr covar_pop covar_samp histogram_numeric max_by min_by regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
  regr_sxx regr_sxy regr_syy
aggregate 2 3: approx_percentile percentile percentile_approx
aggregate 4: count_min_sketch
generator 1: explode explode_outer inline inline_outer posexplode posexplode_outer
generator 2+: stack
scalar : cast
scalar 0: curdate current_catalog current_database current_date current_schema current_timestamp current_timezone current_user e
  input_file_block_length input_file_block_start input_file_name localtimestamp monotonically_increasing_id now pi session_user
  spark_partition_id user version
scalar 0 1: current_time rand randn random uuid
scalar 0 1 2: make_ym_interval unix_timestamp
scalar 0 1 2 3 4: make_dt_interval
scalar 0 1 2 3 4 5 6 7: make_interval
scalar 0+: array arrays_zip concat in map_concat struct when
scalar 1: abs acos acosh array_compact array_distinct array_max array_min array_size ascii asin asinh atan atanh base64 bigint bin binary
  bit_count bit_length bitmap_bit_position bitmap_bucket_number bitmap_count boolean cardinality cbrt char char_length character_length
  chr collation cos cosh cot crc32 csc date date_from_unix_date day dayname dayofmonth dayofweek dayofyear decimal degrees double exp
  expm1 factorial flatten float hex hll_sketch_estimate initcap int is_valid_utf8 is_variant_null isnan isnotnull isnull json_array_length
  json_object_keys kll_sketch_get_n_bigint kll_sketch_get_n_double kll_sketch_get_n_float kll_sketch_to_string_bigint
  kll_sketch_to_string_double kll_sketch_to_string_float last_day lcase len length ln log10 log1p log2 lower luhn_check make_valid_utf8
  map_entries map_from_entries map_keys map_values md5 month monthname negative not nullifzero octet_length parse_json positive quarter
  quote radians raise_error reverse rint schema_of_variant schema_of_variant_agg sec sha sha1 sign signum sin sinh size smallint soundex
  space sqrt st_asbinary st_geogfromwkb st_geomfromwkb st_srid string tan tanh theta_sketch_estimate time timestamp timestamp_micros
  timestamp_millis timestamp_seconds tinyint to_variant_object try_parse_json try_url_decode try_validate_utf8 typeof ucase unbase64 unhex
  unix_date unix_micros unix_millis unix_seconds upper url_decode url_encode validate_utf8 weekday weekofyear window_time year zeroifnull
scalar 1 2: approx_top_k_estimate array_sort assert_true bround btrim ceil ceiling floor from_unixtime log ltrim randstr round rtrim
  schema_of_avro schema_of_csv schema_of_json schema_of_xml shuffle sort_array to_avro to_binary to_csv to_date to_json to_time
  to_timestamp to_timestamp_ltz to_timestamp_ntz to_unix_timestamp to_xml trim try_to_binary try_to_date try_to_time try_to_timestamp
scalar 1 2 3: sentences str_to_map
scalar 1 2 3 4 5: mask
scalar 1 2 3 4 5 6 7: try_make_interval
scalar 1 2 3 6 7: make_timestamp try_make_timestamp
scalar 1+: coalesce concat_ws format_string hash hour minute printf second xxhash64
scalar 2: add_months and array_append array_contains array_except array_intersect array_position array_prepend array_remove array_repeat
  array_union arrays_overlap atan2 bit_get collate contains date_add date_diff date_format date_part date_sub date_trunc dateadd datediff
  datepart div element_at encode endswith equal_null exists extract filter find_in_set forall format_number from_utc_timestamp get
  get_json_object getbit hypot ifnull instr kll_sketch_get_quantile_bigint kll_sketch_get_quantile_double kll_sketch_get_quantile_float
  kll_sketch_get_rank_bigint kll_sketch_get_rank_double kll_sketch_get_rank_float kll_sketch_merge_bigint kll_sketch_merge_double
  kll_sketch_merge_float left map_contains_key map_filter map_from_arrays mod nanvl next_day nullif nvl or pmod pow power regexp
  regexp_count regexp_like regexp_substr repeat right rlike session_window sha2 shiftleft shiftright shiftrightunsigned st_setsrid
  startswith theta_difference theta_intersection time_trunc to_char to_number to_utc_timestamp to_varchar transform transform_keys
  transform_values trunc try_add try_divide try_element_at try_mod try_multiply try_subtract try_to_number xpath xpath_boolean
  xpath_double xpath_float xpath_int xpath_long xpath_number xpath_short xpath_string
scalar 2 3: array_join convert_timezone from_avro from_csv from_json from_xml hll_union ilike levenshtein like locate lpad months_between
  parse_url position regexp_extract regexp_extract_all regexp_instr replace rpad sequence split substr substring theta_union try_parse_url
  try_variant_get uniform variant_get
scalar 2 3 4: from_protobuf to_protobuf window
scalar 2 3 4 5: aes_decrypt try_aes_decrypt
scalar 2 3 4 5 6: aes_encrypt
scalar 2 3 6 7: make_timestamp_ltz try_make_timestamp_ltz
scalar 2 6: make_timestamp_ntz try_make_timestamp_ntz
scalar 2+: decode elt greatest java_method json_tuple least reflect try_reflect
scalar 2n: map named_struct
scalar 3: array_insert between conv if make_date make_time map_zip_with nvl2 slice split_part substring_index time_diff translate zip_with
scalar 3 4: aggregate overlay reduce regexp_replace
scalar 4: width_bucket
table 0: collations sql_keywords
table 0+: python_worker_logs
table 1: explode explode_outer inline inline_outer posexplode posexplode_outer variant_explode variant_explode_outer
table 1 2 3 4: range
table 2+: json_tuple stack
window 0: cume_dist row_number
window 0 1: ntile
window 0 1 2 3 4: lag lead
window 0+: dense_rank percent_rank rank
window 2 3: nth_value
`;
