/**
 * What Spark 4.1 takes for a query, as a grammar that `parser.ts` reads: Spark's own, without other statements, and without what Spark's
 * grammar takes only to refuse it with better words.
 *
 * `name: …` is a rule; `|` separates alternatives; `?`, `*` and `+` are as in patterns; `x%` is a list of `x` with commas between.
 * `SELECT` is a word, `'('` a sign, `~` says that no blank is in front of the next token. Classes of tokens: `Name` any word, or a name in
 * backticks; `Alias` the same without the words that no table's new name may be; `Text`, `Integer`, `Decimal`; `Number` any number.
 */
export const GRAMMAR = `
query: (WITH RECURSIVE? cte%)? term order
cte: name columns? (MAX RECURSION LEVEL Integer)? AS? '(' query ')'
term: operand (setOperator operand | '|>' pipe)*
setOperator: (INTERSECT | UNION | EXCEPT | MINUS) quantifier?
quantifier: DISTINCT | ALL
operand: select from? clauses | script from? clauses | from (select clauses order | script where? order)*
  | TABLE reference | values | '(' query ')'
clauses: view* where? group? having? windows?
order: (ORDER BY sort% | CLUSTER BY expr% | DISTRIBUTE BY expr% (SORT BY sort%)? | SORT BY sort%)? windows? (LIMIT (ALL | expr))? (OFFSET expr)?
sort: expr (ASC | DESC)? (NULLS (FIRST | LAST))?

pipe: select windows? | EXTEND named% | SET (name '=' expr)% | DROP name% | AS name | where | pivot | unpivot | sample | join
  | setOperator operand | order | AGGREGATE (named% pipeGroup? | pipeGroup)
pipeGroup: group | GROUP BY named%

select: SELECT hint* quantifier? named%
hint: '/*+' hintItem (','? hintItem)* '*/'
hintItem: Name ('(' primary% ')')?
named: expr (AS? (name | columns))?
columns: '(' name% ')'
script: (SELECT TRANSFORM '(' quantifier? expr% ')' | (MAP | REDUCE) quantifier? expr%) rowFormat? (RECORDWRITER text)? USING text
  (AS (outputs | '(' outputs ')'))? rowFormat? (RECORDREADER text)?
outputs: name% | (name type (not NULL)? (COMMENT text)?)%
rowFormat: ROW FORMAT (SERDE text (WITH SERDEPROPERTIES properties)? | DELIMITED (FIELDS TERMINATED BY text (ESCAPED BY text)?)?
  (COLLECTION ITEMS TERMINATED BY text)? (MAP KEYS TERMINATED BY text)? (LINES TERMINATED BY text)? (NULL DEFINED AS text)?)
options: '(' ((qualified | Text) '='? (Integer | Decimal | TRUE | FALSE | text))% ')'
properties: '(' ((qualified | Text) ('='? (Integer | Decimal | TRUE | FALSE | text))?)% ')'

from: FROM relation% view* pivot? unpivot?
view: LATERAL VIEW OUTER? qualified '(' expr%? ')' (name (AS? name%)? | AS name%)
where: WHERE expr
having: HAVING expr
group: GROUP BY (grouping | expr)% | GROUP BY expr% (WITH (ROLLUP | CUBE) | GROUPING SETS '(' groupingSet% ')')
grouping: (ROLLUP | CUBE) '(' groupingSet% ')' | GROUPING SETS '(' (grouping | groupingSet)% ')'
groupingSet: '(' expr%? ')' | expr
windows: WINDOW (name AS window)%
window: name | '(' name ')' | '(' (CLUSTER BY expr% | ((PARTITION | DISTRIBUTE) BY expr%)? ((ORDER | SORT) BY sort%)?) frame? ')'
frame: (RANGE | ROWS) (bound | BETWEEN bound AND bound)
bound: UNBOUNDED (PRECEDING | FOLLOWING) | CURRENT ROW | expr (PRECEDING | FOLLOWING)

relation: LATERAL? source (join | pivot | unpivot)*
join: joinKind JOIN LATERAL? source (ON expr | USING columns)? | NATURAL naturalKind JOIN LATERAL? source
joinKind: CROSS | naturalKind
naturalKind: (INNER | LEFT OUTER? | LEFT? SEMI | RIGHT OUTER? | FULL OUTER? | LEFT? ANTI)?
source: STREAM? reference version? (WITH options)? sample? watermark? alias | '(' (query | relation) ')' sample? watermark? alias
  | values | function '(' tableArgument%? ')' watermark? alias
alias: (AS? tableName columns?)?
tableName: Alias | identifier
version: FOR? ((SYSTEM_VERSION | VERSION) AS OF (Integer | text) | (SYSTEM_TIME | TIMESTAMP) AS OF value)
watermark: WATERMARK named DELAY OF interval
sample: TABLESAMPLE '(' ((integer | Decimal) PERCENT | expr ROWS | Name | BUCKET integer OUT OF integer) ')' (REPEATABLE '(' integer ')')?
values: VALUES expr% alias
tableArgument: (name '=>')? TABLE (reference | '(' (reference | query) ')') partitions? | argument
partitions: (WITH SINGLE PARTITION | (PARTITION | DISTRIBUTE) BY ('(' expr% ')' | expr)) ((ORDER | SORT) BY ('(' sort% ')' | sort))?
pivot: PIVOT '(' named% FOR (name | columns) IN '(' (expr (AS? name)?)% ')' ')'
unpivot: UNPIVOT ((INCLUDE | EXCLUDE) NULLS)? '(' (name FOR name IN '(' (qualified newName?)% ')'
  | columns FOR name IN '(' ('(' qualified% ')' newName?)% ')') ')' newName?
newName: AS? name

expr: (not* condition) ((AND | OR) not* condition)*
not: NOT | '!'
condition: EXISTS '(' query ')' | value predicate?
predicate: not? (BETWEEN value AND value | IN '(' (expr% | query) ')' | (RLIKE | REGEXP) value
  | (LIKE | ILIKE) ((ANY | SOME | ALL) '(' expr% ')' | value (ESCAPE text)?)) | IS not? (NULL | TRUE | FALSE | UNKNOWN | DISTINCT FROM value)
value: unary (operator unary)*
unary: ('-' | '+' | '~')* primary
operator: '*' | '/' | '%' | DIV | '+' | '-' | '||' | '<<' | '>' ~'>' (~'>')? | '&' | '^' | '|' | '=' | '==' | '<=>' | '<>' | '!=' | '<' | '<='
  | '>' | '>=' | '!' ~'<' | '!' ~'>'
primary: operandValue (COLLATE qualified | '::' type | ':' path | '[' value ']' | '.' name)*
operandValue: constant | name ('->' expr)? | '(' expr ')' | '(' query ')' | '(' named ',' named% ')' | (qualified '.')? '*' (EXCEPT '(' qualified% ')')?
  | '(' name ',' name% ')' '->' expr | CASE expr? (WHEN expr THEN expr)+ (ELSE expr)? END
  | (CAST | TRY_CAST) '(' expr AS type ')' | call | STRUCT '(' named%? ')' | (FIRST | LAST | ANY_VALUE) '(' expr IGNORE NULLS ')'
  | POSITION '(' value IN value ')' | EXTRACT '(' Name FROM value ')' | (SUBSTR | SUBSTRING) '(' value FROM value (FOR value)? ')'
  | (SUBSTR | SUBSTRING) '(' value ',' value FOR value ')' | TRIM '(' (BOTH | LEADING | TRAILING)? value? FROM value ')'
  | OVERLAY '(' value PLACING value FROM value (FOR value)? ')'
call: function '(' (quantifier? argument%)? ')' (WITHIN GROUP '(' ORDER BY sort% ')')? (FILTER '(' WHERE expr ')')?
  ((IGNORE | RESPECT) NULLS)? (OVER window)?
argument: (name '=>')? expr
path: (name | '[' (text | integer) ']') ('.' name | '[' (text | integer | name) ']')*
constant: NULL | TRUE | FALSE | '-'? Number | text | interval
  | (DATE | TIME | TIMESTAMP | TIMESTAMP_LTZ | TIMESTAMP_NTZ | INTERVAL | X) Text
interval: INTERVAL ((amount unit)+ | amount fieldUnit TO fieldUnit)
amount: ('+' | '-')? (Integer | Decimal | Text+)
unit: fieldUnit | SECONDS | MINUTES | HOURS | DAYS | WEEK | WEEKS | MONTHS | YEARS | NANOSECOND | NANOSECONDS | MICROSECOND | MICROSECONDS
  | MILLISECOND | MILLISECONDS
fieldUnit: SECOND | MINUTE | HOUR | DAY | MONTH | YEAR

type: ARRAY '<' type '>' | MAP '<' type ',' type '>' | STRUCT ('<' field%? '>' | '<>') | STRING (COLLATE qualified)?
  | (CHARACTER | CHAR | VARCHAR) '(' integer ')' | (DECIMAL | DEC | NUMERIC) ('(' integer (',' integer)? ')')?
  | INTERVAL ((YEAR | MONTH) (TO MONTH)? | (DAY | HOUR | MINUTE | SECOND) (TO (HOUR | MINUTE | SECOND))?)?
  | TIMESTAMP (WITHOUT TIME ZONE)? | TIME ('(' integer ')')? (WITHOUT TIME ZONE)? | (GEOGRAPHY | GEOMETRY) '(' (integer | ANY) ')'
  | BOOLEAN | TINYINT | BYTE | SMALLINT | SHORT | INT | INTEGER | BIGINT | LONG | FLOAT | REAL | DOUBLE | DATE | TIMESTAMP_LTZ
  | TIMESTAMP_NTZ | BINARY | VOID | VARIANT
field: name ':'? type (not NULL)? (COMMENT text)?

name: Name | identifier
identifier: IDENTIFIER '(' text ')'
qualified: name ('.' name)*
reference: IDENTIFIER '(' expr ')' | qualified
function: IDENTIFIER '(' expr ')' | qualified
text: (Text | marker)+
integer: Integer | marker
marker: '?' | ':' Name
`;
