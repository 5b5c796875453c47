/** The names that Spark gives to columns without one: the text of their expression as it prints it. Undefined where that is not sure. */

import { firstOf, has, isNode, nodesIn, nodesOf, type SyntaxNode } from "../parse/sql/tree.ts";
import { castTypeOf } from "./fields.ts";
import type { Run } from "./model.ts";
import { functionOf, isStar, pathOf, writtenName } from "./shapes.ts";

/** Functions that Spark prints as they are called, in lower case, with their arguments. */
const AS_CALLED = new Set(
  `abs acos approx_count_distinct array asin atan avg base64 bround cbrt char_length coalesce collect_list collect_set concat concat_ws
  cos cosh count crc32 date_add date_format date_sub datediff dayofmonth dayofweek dayofyear degrees element_at exp 
  format_number greatest hash hex hour hypot initcap instr isnan isnull isnotnull last_day least length levenshtein ln log10 lower lpad
  ltrim max md5 mean min minute mod month nanvl next_day nullif nvl nvl2 pow power quarter radians repeat
  reverse round rpad rtrim second sha1 sha2 sign signum sin sinh size soundex sqrt stddev stddev_pop stddev_samp substr substring
  substring_index sum tan tanh to_date translate trim trunc ucase upper var_pop var_samp variance weekofyear xxhash64 year
  date_trunc corr covar_pop covar_samp max_by min_by`.split(/\s+/),
);

/** Those that Spark prints with an argument that was left out, and how many they have without it. */
const WITH_MORE: Readonly<Record<string, readonly [number, string]>> = {
  split: [2, "-1"],
  months_between: [2, "true"],
  regexp_replace: [3, "1"],
  lpad: [2, " "],
  rpad: [2, " "],
  substr: [2, "2147483647"],
  substring: [2, "2147483647"],
};

/** Those that print otherwise with more arguments than this. */
const AT_MOST: Readonly<Record<string, number>> = { trim: 1, ltrim: 1, rtrim: 1 };

/** How tightly operators bind, from the loosest. */
const LEVELS = [
  ["=", "==", "<=>", "<>", "!=", "<", "<=", ">", ">="],
  ["|"],
  ["^"],
  ["&"],
  ["<<"],
  ["+", "-", "||"],
  ["*", "/", "%", "DIV"],
];

/** Spark's name for a column of this expression. */
export function titleOf(run: Run, node: SyntaxNode): string | undefined {
  const [only, more] = node.parts;
  if (more === undefined && isNode(only) && /^(expr|condition|value|unary|operandValue|argument)$/.test(node.rule))
    return node.rule === "operandValue" && only.rule === "name" ? undefined : titleOf(run, only);
  switch (node.rule) {
    case "expr":
      return logicalTitle(run, node);
    case "condition":
      return conditionTitle(run, node);
    case "value":
      return operatorTitle(run, node.parts, 0);
    case "unary":
      return signTitle(run, node);
    case "primary":
      return primaryTitle(run, node);
    case "operandValue":
      return operandTitle(run, node);
    case "constant":
      return constantTitle(node);
    case "call":
      return callTitle(run, node);
    default:
      return undefined;
  }
}

/** Titles put together; undefined where one is. */
function join(
  titles: readonly (string | undefined)[],
  text: (titles: readonly string[]) => string,
): string | undefined {
  return titles.every((each) => each !== undefined) ? text(titles) : undefined;
}

/** Of more than two conditions Spark makes a balanced tree. */
function logicalTitle(run: Run, { parts }: SyntaxNode): string | undefined {
  const [left, operator, right] = parts;
  if (parts.length === 2 && isNode(left) && left.rule === "not" && isNode(operator))
    return join([titleOf(run, operator)], ([text]) => `(NOT ${text})`);
  if (parts.length !== 3 || !isNode(left) || !isNode(right) || isNode(operator) || left.rule === "not")
    return undefined;
  return join([titleOf(run, left), titleOf(run, right)], ([a, b]) => `(${a} ${operator?.upper} ${b})`);
}

function conditionTitle(run: Run, { parts }: SyntaxNode): string | undefined {
  const [value, predicate] = parts;
  if (!isNode(value) || !isNode(predicate)) return undefined;
  const isNot = nodesOf(predicate, "not").length > 0;
  const title = titleOf(run, value);
  const negated = (text: string) => (isNot ? `(NOT ${text})` : text);
  if (has(predicate, "IS"))
    return has(predicate, "NULL") ? join([title], ([a]) => `(${a} IS ${isNot ? "NOT " : ""}NULL)`) : undefined;
  const operands = nodesIn(predicate).filter(({ rule }) => rule !== "not");
  const titles = operands.map((each) => titleOf(run, each));
  if (has(predicate, "BETWEEN")) return join([title, ...titles], (all) => negated(`between(${all.join(", ")})`));
  if (has(predicate, "IN") && !operands.some(({ rule }) => rule === "query"))
    return join([title, ...titles], ([a, ...all]) => negated(`(${a} IN (${all.join(", ")}))`));
  return has(predicate, "LIKE") && titles.length === 1 && !has(predicate, "(")
    ? join([title, titles[0]], ([a, b]) => negated(`${a} LIKE ${b}`))
    : undefined;
}

/** Operands and operators in turn; the loosest operator last in the text is done last. */
function operatorTitle(run: Run, parts: SyntaxNode["parts"], level: number): string | undefined {
  const [only] = parts;
  if (parts.length === 1) return isNode(only) ? titleOf(run, only) : undefined;
  const operators = LEVELS[level];
  if (operators === undefined) return undefined;
  const isSplit = (part: SyntaxNode["parts"][number], index: number) =>
    index % 2 === 1 && isNode(part) && part.parts.length === 1 && operators.includes(firstOf(part)?.upper ?? "");
  const at = parts.findLastIndex(isSplit);
  if (at < 0) return operatorTitle(run, parts, level + 1);
  const [left, right] = [parts.slice(0, at), parts.slice(at + 1)];
  const sign = firstOf(parts[at] as SyntaxNode)?.text.toLowerCase() ?? "";
  // Plus and minus on a date are functions.
  if (/^[+-]$/.test(sign) && ![left, right].some((side) => isNumber(run, side))) return undefined;
  return join([operatorTitle(run, left, level), operatorTitle(run, right, level + 1)], ([a, b]) => {
    if (sign === "||") return `concat(${a}, ${b})`;
    if (/^(<>|!=)$/.test(sign)) return `(NOT (${a} = ${b}))`;
    return `(${a} ${sign === "==" ? "=" : sign} ${b})`;
  });
}

const NUMBER = /^(tinyint|smallint|int|bigint|float|double|decimal)/i;

/** True where one side of plus or minus is surely a number, and no count of days. */
function isNumber(run: Run, side: SyntaxNode["parts"]): boolean {
  if (side.some((part) => isNode(part) && /^[*/%]$/.test(firstOf(part)?.text ?? ""))) return true;
  const [unary, more] = side;
  if (!isNode(unary) || more !== undefined) return false;
  const primary = nodesIn(unary)[0];
  const type = primary && run.attributes.get(primary)?.type;
  if (type !== undefined) return NUMBER.test(type);
  const call = primary && nodesIn(primary)[0]?.parts[0];
  if (isNode(call) && call.rule === "call")
    return /^(sum|avg|count|abs|round|length|year|month|sqrt)$/.test(functionOf(call));
  return isNode(call) && call.rule === "constant" && /[.]\d/.test(firstOf(call)?.text ?? "");
}

function signTitle(run: Run, { parts }: SyntaxNode): string | undefined {
  const [sign, operand, more] = parts;
  if (isNode(sign) || !isNode(operand) || more !== undefined) return undefined;
  const isNegative = sign?.text === "-" && operand.parts.length === 1 && firstOf(operand)?.kind === "number";
  if (isNegative && /^[0.]+$/.test(firstOf(operand)?.text ?? "")) return undefined;
  return join([titleOf(run, operand)], ([text = ""]) => {
    if (sign?.text === "~") return `~${text}`;
    return isNegative ? `-${text}` : `(${sign?.text} ${text})`;
  });
}

function primaryTitle(run: Run, node: SyntaxNode): string | undefined {
  const path = pathOf(node);
  const [value, open, index, close, more] = node.parts;
  if (path !== undefined && 2 * path.length - 1 === node.parts.length) {
    const attribute = run.attributes.get(node);
    const isColumn = attribute
      ? !attribute.isField
      : path.length === 1 && run.unclear.has(node) && !run.wrong.has(node);
    return isColumn ? writtenName(node) : undefined;
  }
  if (node.parts.length === 1) return isNode(value) ? titleOf(run, value) : undefined;
  const isIndex = !isNode(open) && open?.text === "[" && close !== undefined && more === undefined;
  if (!isIndex || !isNode(index) || path?.length !== 1) return undefined;
  // Of a struct Spark prints a field.
  if (!/^\s*(array|map)\b/i.test(run.attributes.get(node)?.type ?? "")) return undefined;
  return join([writtenName(node) || undefined, titleOf(run, index)], ([a, b]) => `${a}[${b}]`);
}

function operandTitle(run: Run, node: SyntaxNode): string | undefined {
  const [open, expr, close] = node.parts;
  if (!isNode(open) && open?.text === "(" && isNode(expr) && expr.rule === "expr" && close === node.parts.at(-1))
    return titleOf(run, expr);
  if (!isNode(open) && open?.upper === "CASE") return caseTitle(run, node);
  return !isNode(open) && open?.upper === "CAST" ? castTitle(run, node) : undefined;
}

function castTitle(run: Run, node: SyntaxNode): string | undefined {
  const [expr] = nodesOf(node, "expr");
  const [type] = nodesOf(node, "type");
  const name = type && castTypeOf(type)?.toUpperCase();
  return join([expr && titleOf(run, expr), name], ([text, to]) => `CAST(${text} AS ${to})`);
}

function caseTitle(run: Run, node: SyntaxNode): string | undefined {
  const [, first] = node.parts;
  const operand = isNode(first) ? titleOf(run, first) : undefined;
  if (isNode(first) && operand === undefined) return undefined;
  const words = node.parts.slice(isNode(first) ? 2 : 1).map((part, index, all) => {
    if (!isNode(part)) return part.upper;
    const before = all[index - 1];
    const title = titleOf(run, part);
    const isWhen = operand !== undefined && !isNode(before) && before?.upper === "WHEN";
    return isWhen && title !== undefined ? `(${operand} = ${title})` : title;
  });
  return join(words, (texts) => `CASE ${texts.join(" ")}`);
}

function constantTitle({ parts }: SyntaxNode): string | undefined {
  const [first, second, more] = parts;
  if (more !== undefined) return undefined;
  if (isNode(first)) {
    const [token, other] = first.parts;
    const isText = first.rule === "text" && other === undefined && !isNode(token);
    return isText && /^(['"])[^'"\\]*\1$/.test(token?.text ?? "") ? token?.text.slice(1, -1) : undefined;
  }
  if (second !== undefined) {
    if (first?.text === "-" && !isNode(second)) return numberTitle(second.text, "-");
    const text = first?.upper === "DATE" && !isNode(second) ? second.text : "";
    return /^'\d{4}-\d\d-\d\d'$/.test(text) ? `DATE ${text}` : undefined;
  }
  if (first?.upper === "NULL") return "NULL";
  if (/^(TRUE|FALSE)$/.test(first?.upper ?? "")) return first?.text.toLowerCase();
  return numberTitle(first?.text ?? "", "");
}

function numberTitle(text: string, sign: string): string | undefined {
  if (/^(0|[1-9]\d{0,17})[lL]?$/.test(text)) return `${sign}${text.replace(/[lL]$/, "")}`;
  if (/^(0|[1-9]\d*)\.\d+$/.test(text) && !/^0\.0{6}/.test(text)) return `${sign}${text}`;
  return /^\.\d+$/.test(text) && !/^\.0{6}/.test(text) ? `${sign}0${text}` : undefined;
}

function callTitle(run: Run, node: SyntaxNode): string | undefined {
  if (["OVER", "FILTER", "WITHIN", "IGNORE", "RESPECT"].some((word) => has(node, word))) return undefined;
  const name = functionOf(node);
  const args = nodesOf(node, "argument");
  const isDistinct = nodesOf(node, "quantifier").some((each) => has(each, "DISTINCT"));
  if (name === "count" && args.length === 1 && isStar(args[0] as SyntaxNode))
    return isDistinct ? undefined : "count(1)";
  const titles = args.map((each) => titleOf(run, each));
  if (name === "if" && args.length === 3) return join(titles, (all) => `(IF(${all.join(", ")}))`);
  const [number, more] = WITH_MORE[name] ?? [];
  if (more !== undefined && args.length === number) titles.push(more);
  if ((!AS_CALLED.has(name) && more === undefined) || args.length > (AT_MOST[name] ?? args.length)) return undefined;
  return join(titles, (all) => `${name}(${isDistinct ? "DISTINCT " : ""}${all.join(", ")})`);
}
