/** Who may do what, as text for people: one block an identity, one line a statement. */

import { type PolicyDocument, type Statement, sizeOf } from "../emit/permissions/document.ts";
import type { Identity } from "../emit/permissions/permissions.ts";

/** Renders the identities of one pipeline; ends in a newline. */
export function renderPermissions(identities: readonly Identity[]): string {
  return `${identities.map(block).join("\n\n")}\n`;
}

function block(identity: Identity): string {
  const { inline, managed } = identity.policies;
  const documents = [...(inline ? [inline] : []), ...managed];
  const sizes = [...(inline ? [`inline ${sizeOf(inline)}`] : []), ...managed.map((each) => `managed ${sizeOf(each)}`)];
  const lines = [
    `${title(identity)}: ${identity.name} (${sizes.join(", ")} characters)`,
    ...(identity.trust ? [`  assumed by ${principals(identity.trust)}`] : ["  to attach to analysts' roles"]),
    ...identity.widened.map((what) => `  WIDER THAN THE PLAN: ${what}`),
    ...documents.flatMap(({ Statement }) => Statement.map(line)),
  ];
  return lines.join("\n");
}

function title({ kind, subject }: Identity): string {
  return subject === "" ? kind : `${kind} of ${kind === "job" ? "stage " : ""}${subject}`;
}

function principals({ Statement }: PolicyDocument): string {
  return Statement.map(({ Principal }) =>
    typeof Principal === "object" ? Object.values(Principal).flat().join(", ") : "",
  ).join(", ");
}

function line({ Action, Resource, Condition }: Statement): string {
  const where = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${key} ${operator} ${[value].flat().join(" | ")}`),
  );
  const condition = where.length === 0 ? "" : `\n      if ${where.join("\n      and ")}`;
  return `  ${Action.join(", ")}\n${(Resource ?? []).map((arn) => `      on ${arn}`).join("\n")}${condition}`;
}
