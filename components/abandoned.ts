/** Targets that the last deployment wrote and no dataset writes any more: named in preview, never deleted. */

import * as pulumi from "@pulumi/pulumi";
import { type Diagnostic, diagnostic } from "../compiler/diagnostics.ts";
import { stagedDatasets } from "../compiler/plan/types.ts";
import { renderDiagnostics } from "../compiler/show/render.ts";
import type { BoundPlan } from "../settings/bind-root.ts";
import { topOfStack } from "../settings/raw.ts";

/** Pipeline → physical locations of its targets, sorted. */
export type Targets = Readonly<Record<string, readonly string[]>>;

/** Target locations of a stack's pipelines. */
export function targetsOf(pipelines: readonly BoundPlan[]): Targets {
  return Object.fromEntries(
    pipelines.map(({ plan, emission }) => {
      const locations = stagedDatasets(emission.physical).flatMap(({ target }) => target?.location ?? []);
      return [plan.pipeline, [...new Set(locations)].sort()];
    }),
  );
}

/** Warns about every location that only the stack's previous outputs have. */
export async function warnOfAbandoned(targets: Targets, stack: string): Promise<void> {
  const before = await lastTargets();
  const written = new Set(Object.values(targets).flat());
  const found = abandoned(before, written, stack);
  if (found.length > 0) pulumi.log.warn(renderDiagnostics(found, () => undefined));
}

/** One diagnostic per location. */
export function abandoned(before: unknown, written: ReadonlySet<string>, stack: string): Diagnostic[] {
  if (typeof before !== "object" || before === null) return [];
  return Object.entries(before).flatMap(([pipeline, locations]) =>
    (Array.isArray(locations) ? locations : [])
      .filter((location): location is string => typeof location === "string" && !written.has(location))
      .map((location) =>
        diagnostic({
          code: "D010",
          at: topOfStack(stack),
          message: `no dataset writes \`${location}\` any more; pipeline \`${pipeline}\` used to write it`,
          help: "its files stay readable; to remove them, see docs/deploy.md",
        }),
      ),
  );
}

/** The stack's outputs of the last deployment; undefined before the first. */
async function lastTargets(): Promise<unknown> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { value } = await new pulumi.StackReference("last-deployment", { name }).getOutputDetails("targets");
  return value;
}
