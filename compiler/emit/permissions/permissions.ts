/** Every identity of a pipeline's stack with what it may do: what the components deploy and `strata permissions` prints. */

import { type Diagnostic, diagnostic, topOf } from "../../diagnostics.ts";
import { type PhysicalPlan, physicalName } from "../../plan/bind.ts";
import type { StackBindings } from "../../plan/bindings.ts";
import type { Plan, StagePlan } from "../../plan/types.ts";
import { crawlerStatements } from "./crawler.ts";
import type { PolicyDocument, Statement } from "./document.ts";
import { icebergStatements } from "./iceberg.ts";
import { dataStatements, jobStatements, type StageLocations, stageLocations } from "./job.ts";
import { isSame, type S3Location, uniqueLocations } from "./locations.ts";
import { IAM_LIMITS, type Packed, pack } from "./pack.ts";
import { readSetupStatements } from "./read-setup.ts";
import { readablePlaces, readerStatements } from "./readers.ts";
import { stateMachineStatements } from "./state-machine.ts";
import { trustPolicy } from "./trust.ts";
import { applyMerge, type Merge, merges } from "./widen.ts";

/** Who an identity is. */
export type IdentityKind = "job" | "crawler" | "state-machine" | "read-setup" | "readers";

/** A role, or (readers) a policy for roles that are not ours. */
export interface Identity {
  readonly kind: IdentityKind;
  /** Stage or crawler, as the author wrote it; empty for the others. */
  readonly subject: string;
  /** Name of the role; of the policy for readers. */
  readonly name: string;
  /** Undefined for readers. */
  readonly trust: PolicyDocument | undefined;
  readonly policies: Packed;
  /** What the policies allow beyond the plan, in words; empty for all but the largest stages. */
  readonly widened: readonly string[];
}

/** The identities, and what does not fit or had to be widened. */
export interface Permissions {
  readonly identities: readonly Identity[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Computes the policies of everything that a pipeline's stack has.
 *
 * @param known logical locations of every plan of the root: what a wider prefix would take in
 */
export function permissionsOf(plan: PhysicalPlan, bindings: StackBindings, known: readonly S3Location[]): Permissions {
  const diagnostics: Diagnostic[] = [];
  const report = (each: Diagnostic) => diagnostics.push(each);
  const nameOf = physicalName(bindings.buckets);
  const others = uniqueLocations(known.map(({ bucket, prefix }) => ({ bucket: nameOf(bucket), prefix })));
  const fixed = (
    kind: IdentityKind,
    subject: string,
    name: string,
    service: string | undefined,
    statements: Statement[],
    sourceArn?: string,
  ) => {
    const policies = pack(statements, service === undefined ? 0 : IAM_LIMITS.inlineCharacters);
    if (policies === undefined) report(tooLarge(plan, `${kind} ${subject}`.trim()));
    const trust = service === undefined ? undefined : trustPolicy(service, bindings, sourceArn);
    return { kind, subject, name, trust, policies: policies ?? NOTHING, widened: [] };
  };
  const machine = `arn:${bindings.partition}:states:${bindings.region}:${bindings.account}:stateMachine:${bindings.stateMachine}`;
  const identities: Identity[] = [
    ...plan.stages.map((stage) => job(plan, stage, bindings, others, report)),
    ...plan.crawlers.flatMap((crawler, index) => {
      const access = bindings.crawlers[index];
      if (access === undefined) return [];
      return [
        fixed("crawler", crawler.name, access.role, "glue.amazonaws.com", crawlerStatements(crawler, access, bindings)),
      ];
    }),
    fixed(
      "state-machine",
      "",
      bindings.stateMachineRole,
      "states.amazonaws.com",
      stateMachineStatements(bindings),
      machine,
    ),
    ...(bindings.readSetup === undefined
      ? []
      : [
          fixed(
            "read-setup",
            "",
            bindings.readSetupRole,
            "lambda.amazonaws.com",
            readSetupStatements(bindings, `/aws/lambda/${bindings.readSetup}`),
          ),
        ]),
    fixed("readers", "", bindings.readersPolicy, undefined, readerStatements(bindings, readablePlaces(plan))),
  ];
  return { identities, diagnostics };
}

const NOTHING: Packed = { inline: undefined, managed: [] };

/** A stage's role: exact prefixes if they fit, else parents of its own, else the smallest widening, named. */
function job(
  plan: PhysicalPlan,
  stage: StagePlan,
  bindings: StackBindings,
  known: readonly S3Location[],
  report: (each: Diagnostic) => void,
): Identity {
  const access = bindings.stages.find((each) => each.stage === stage.name);
  if (access === undefined) throw new Error(`stage ${stage.name} has no binding`);
  const exact = stageLocations(stage);
  const fixed = [...jobStatements(exact, access, bindings), ...icebergStatements(plan, stage, bindings)];
  const packed = (locations: StageLocations) => pack([...dataStatements(locations, bindings.partition), ...fixed]);
  let locations = exact;
  let policies = packed(locations);
  const applied: Merge[] = [];
  while (policies === undefined) {
    const [best] = merges(locations, known);
    if (best === undefined) break;
    locations = applyMerge(locations, best);
    applied.push(best);
    policies = packed(locations);
  }
  const widened = applied
    .filter(({ foreign, parent }) => foreign.length > 0 && isStill(locations, parent))
    .map(describe);
  if (policies === undefined) report(tooLarge(plan, `stage ${stage.name}`));
  else if (widened.length > 0) report(wider(plan, stage, widened));
  const trust = trustPolicy("glue.amazonaws.com", bindings);
  return { kind: "job", subject: stage.name, name: access.role, trust, policies: policies ?? NOTHING, widened };
}

function isStill({ sources, targets }: StageLocations, parent: S3Location): boolean {
  return [...sources, ...targets].some((location) => isSame(location, parent));
}

function describe({ kind, parent, foreign }: Merge): string {
  const some = foreign.slice(0, 5).map(({ prefix }) => prefix);
  const more = foreign.length > some.length ? ` and ${foreign.length - some.length} more` : "";
  return `may ${kind} all of s3://${parent.bucket}/${parent.prefix}, so also ${some.join(", ")}${more}`;
}

function wider(plan: Plan, stage: StagePlan, widened: readonly string[]): Diagnostic {
  return diagnostic({
    code: "P001",
    at: topOf(`pipelines/${plan.pipeline}/etl_stages.json`),
    message: `the job of stage \`${stage.name}\` ${widened.join("; ")}: its exact prefixes do not fit into IAM's policies`,
    help: "split the stage, or put its targets into a folder that no other stage uses",
  });
}

function tooLarge(plan: Plan, who: string): Diagnostic {
  return diagnostic({
    code: "P002",
    at: topOf(`pipelines/${plan.pipeline}/etl_stages.json`),
    message: `the permissions of ${who} of pipeline \`${plan.pipeline}\` are larger than IAM takes`,
    help: `a role holds ${IAM_LIMITS.inlineCharacters} characters inline and ${IAM_LIMITS.managedPolicies} policies of ${IAM_LIMITS.managedCharacters}: split the stage, or put locations that belong together into common folders`,
  });
}
