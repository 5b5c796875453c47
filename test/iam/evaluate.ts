/**
 * Decides requests as IAM does, for policies of the kinds that Strata makes (IAM user guide, "Policy evaluation logic"):
 * an explicit Deny wins; else within an account an Allow of the identity's or the resource's policy is enough.
 *
 * It knows the operators that our policies use and throws for any other. It proves what a policy's text says, not that
 * AWS gives a request the context that is assumed here.
 */

import type { Conditions, PolicyDocument, Statement } from "../../compiler/emit/permissions/document.ts";

/** A request: who does what to which resource, under which circumstances. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request has, in lower case; a key that is absent is not in the context. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** Only needed for policies of resources: `AWS:arn…`, `Service:name`. */
  readonly principal?: string;
}

/** An answer, with the statements that gave it. */
export interface Decision {
  readonly allowed: boolean;
  readonly by: readonly Statement[];
}

/** Decides by all documents together. */
export function decide(documents: readonly PolicyDocument[], request: Request): Decision {
  const matching = documents.flatMap(({ Statement }) => Statement.filter((each) => matches(each, request)));
  const denies = matching.filter(({ Effect }) => Effect === "Deny");
  if (denies.length > 0) return { allowed: false, by: denies };
  return { allowed: matching.length > 0, by: matching };
}

/** True when the statement is about the request. */
export function matches(statement: Statement, request: Request): boolean {
  return (
    statement.Action.some((pattern) => like(pattern.toLowerCase(), request.action.toLowerCase())) &&
    (statement.Resource ?? ["*"]).some((pattern) => like(pattern, request.resource)) &&
    principalMatches(statement, request.principal) &&
    conditionsHold(statement.Condition ?? {}, request.context ?? {})
  );
}

function principalMatches({ Principal }: Statement, principal: string | undefined): boolean {
  if (Principal === undefined || Principal === "*") return true;
  if (principal === undefined) return false;
  return Object.entries(Principal).some(([kind, names]) =>
    [names].flat().some((name) => `${kind}:${name}` === principal || isRootOf(kind, name, principal)),
  );
}

/** `arn:aws:iam::1:root` means every principal of the account. */
function isRootOf(kind: string, name: string, principal: string): boolean {
  return kind === "AWS" && name.endsWith(":root") && principal.startsWith(`AWS:${name.slice(0, -"root".length)}`);
}

function conditionsHold(conditions: Conditions, context: NonNullable<Request["context"]>): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => holds(operator, context[key.toLowerCase()], [expected].flat())),
  );
}

function holds(operator: string, value: string | readonly string[] | undefined, expected: readonly string[]): boolean {
  if (operator === "Null") return expected.includes(String(value === undefined));
  if (operator.endsWith("IfExists"))
    return value === undefined || holds(operator.slice(0, -"IfExists".length), value, expected);
  const values = value === undefined ? undefined : [value].flat();
  if (operator.startsWith("ForAllValues:"))
    return (values ?? []).every((each) => holds(operator.slice("ForAllValues:".length), each, expected));
  if (operator === "StringNotEquals") return values === undefined || !values.some((each) => expected.includes(each));
  if (values === undefined) return false;
  switch (operator) {
    case "StringEquals":
    case "Bool":
      return values.some((each) => expected.includes(each));
    case "StringLike":
    case "ArnLike":
    case "ArnEquals":
      return values.some((each) => expected.some((pattern) => like(pattern, each)));
    case "NumericLessThan":
      return values.some((each) => expected.some((limit) => Number(each) < Number(limit)));
    default:
      throw new Error(`the evaluation does not know the operator ${operator}`);
  }
}

/** `*` any text, `?` any character, `${*}` and the like the character itself. */
export function like(pattern: string, text: string): boolean {
  const source = pattern.replace(/\$\{([*?$])\}|[*]|[?]|[^*?]/gs, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (token === "*") return "[^]*";
    if (token === "?") return "[^]";
    return token.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "u").test(text);
}
