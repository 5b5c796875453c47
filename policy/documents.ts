/** IAM policy documents in a uniform shape: every list is an array, every condition one entry. */

/** One condition of a statement. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** One principal: its kind (`AWS`, `Service`, `Federated`, `CanonicalUser`) and its name. */
export interface Principal {
  readonly kind: string;
  readonly who: string;
}

export interface Statement {
  /** The `Sid`, or the statement's number. */
  readonly label: string;
  readonly allows: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: readonly Principal[];
  readonly conditions: readonly Condition[];
  /** `NotAction`, `NotResource`, `NotPrincipal`: everything except what is named. */
  readonly negations: readonly string[];
}

/** What is wrong with a policy document, or undefined. */
export function documentProblem(text: unknown): string | undefined {
  if (text === undefined || text === null) return undefined;
  const document = parse(text);
  if (document === undefined) return "is not JSON";
  return document.Statement === undefined ? "has no `Statement`" : undefined;
}

/** Statements of a document given as text or object; none if it cannot be read, which a separate rule reports. */
export function statementsOf(text: unknown): Statement[] {
  const statements = listOf(parse(text)?.Statement).filter((each) => typeof each === "object" && each !== null);
  return statements.map((each, index) => statementOf(each as Record<string, unknown>, index));
}

/** Permission documents of an identity: the policy of a role, user or group, and a role's inline policies. */
export function identityDocuments({ type, props }: { type: string; props: Record<string, unknown> }): unknown[] {
  if (type !== "aws:iam/role:Role") return [props.policy];
  return listOf(props.inlinePolicies).map((each) => (each as { policy?: unknown }).policy);
}

/** Anyone at all: `"*"` or `{"AWS": "*"}`. */
export function allowsEveryone({ allows, principals }: Statement): boolean {
  return allows && principals.some(({ who }) => who === "*");
}

/** Condition keys that name the account or resource on whose behalf a service calls. */
const SOURCES = [
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  // CloudWatch Logs sends no source; it sends the ARN of the group that it encrypts.
  "kms:encryptioncontext:aws:logs:arn",
];

/** Operators that reject a request without the key, or with another value. */
const DEMANDING = /^(?:for(?:all|any)values:)?(?:string|arn)(?:equals|equalsignorecase|like)$/i;

/** Does the statement limit on whose behalf a service calls? A value of `*` limits nothing. */
export function asksForSource({ conditions }: Statement): boolean {
  return conditions.some(
    ({ operator, key, values }) =>
      DEMANDING.test(operator) && SOURCES.includes(key.toLowerCase()) && !values.some((value) => /^\**$/.test(value)),
  );
}

/** Does the statement apply only to resources with a given tag, existing or about to be created? */
export function asksForTag({ conditions }: Statement): boolean {
  return conditions.some(
    ({ operator, key, values }) =>
      /^StringEquals$/i.test(operator) && /^aws:(?:Resource|Request)Tag\/./i.test(key) && values.length > 0,
  );
}

/** Values of a condition; operator and key are case-insensitive. */
export function conditionValues({ conditions }: Statement, operator: string, key: string): readonly string[] {
  return conditions
    .filter((each) => each.operator.toLowerCase() === operator.toLowerCase())
    .filter((each) => each.key.toLowerCase() === key.toLowerCase())
    .flatMap(({ values }) => values);
}

function parse(text: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = typeof text === "string" ? JSON.parse(text) : text;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (problem) {
    // An unknown value inside an object is not an error of the document.
    if (problem instanceof SyntaxError) return undefined;
    throw problem;
  }
}

function statementOf(raw: Record<string, unknown>, index: number): Statement {
  return {
    label: typeof raw.Sid === "string" && raw.Sid !== "" ? `statement ${raw.Sid}` : `statement ${index + 1}`,
    allows: raw.Effect === "Allow",
    actions: textsOf(raw.Action),
    resources: textsOf(raw.Resource),
    principals: principalsOf(raw.Principal),
    conditions: conditionsOf(raw.Condition),
    negations: ["NotAction", "NotResource", "NotPrincipal"].filter((key) => raw[key] !== undefined),
  };
}

function principalsOf(raw: unknown): Principal[] {
  if (typeof raw === "string") return [{ kind: "AWS", who: raw }];
  return Object.entries((raw ?? {}) as Record<string, unknown>).flatMap(([kind, who]) =>
    textsOf(who).map((each) => ({ kind, who: each })),
  );
}

function conditionsOf(raw: unknown): Condition[] {
  return Object.entries((raw ?? {}) as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: textsOf(values) })),
  );
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? [...value] : [value];
}

const textsOf = (value: unknown): string[] => listOf(value).map(String);
