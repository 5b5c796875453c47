/** Text that looks like a secret. A finding names the kind and the path, never the text. */

const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ["a token", /\b(?:ghp|gho|ghs|github_pat|xox[abp]|sk_live)[_-][A-Za-z0-9_-]{16,}/],
  ["a URL with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]+:[^\s/@'"]+@/i],
  ["a connection string with a password", /[?&;](?:password|pwd)=[^&;\s"']{3,}/i],
  // Only in quotes, so that SQL may compare a column of that name with another.
  [
    "a password or key in quotes",
    /\b(?:password|passwd|pwd|secret|secret_?(?:access_?)?key|api_?key|(?:access|auth)_?token)["']?\s*[:=]\s*["'][^"'\s{}$]{8,}["']/i,
  ],
];

/** Names of variables and arguments whose literal value is a secret; an ARN or the name of a secret is not. */
const SECRET_NAME = /(?:password|passwd|secret|api_?key|access_?key|token|credential)s?$/i;

/** Levels of JSON inside JSON text that are read. */
const DEEPEST = 6;

/** Each finding as `<kind> at <path>`. Text that is JSON is parsed. */
export function secretsIn(value: unknown, place = "", depth = 0): string[] {
  if (depth > DEEPEST) return [];
  if (typeof value === "string") {
    const inner = nested(value);
    if (inner !== undefined) return secretsIn(inner, place, depth + 1);
    const at = place === "" ? "" : ` at \`${place}\``;
    return PATTERNS.filter(([, pattern]) => pattern.test(value)).map(([kind]) => `${kind}${at}`);
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const at = place === "" ? key : `${place}.${key}`;
    const named = SECRET_NAME.test(key) && typeof each === "string" && isPlain(each) ? [`a secret at \`${at}\``] : [];
    return named.length > 0 ? named : secretsIn(each, at, depth);
  });
}

/** Is text the value itself, not a reference? References begin with `$` or `arn:`, JSONata with `{%`. */
function isPlain(text: string): boolean {
  return text !== "" && !/^(?:arn:|\$|\{%|\{\{resolve:)/.test(text);
}

function nested(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
