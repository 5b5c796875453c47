/** `strata verify --stack S`: checks Strata's assumptions about AWS with the stack's canary. */

import { setTimeout as sleep } from "node:timers/promises";
import { emitAsl } from "../compiler/emit/asl/emit.ts";
import { lineUp } from "../compiler/show/text.ts";
import { clientsFor } from "../deployed/clients.ts";
import type { Finding } from "../deployed/verify/finding.ts";
import { verify as verifyStack } from "../deployed/verify/verify.ts";
import { loadRoot } from "../loading/load.ts";
import { CANARY_ROOT } from "../loading/stack.ts";
import { CANARY } from "../settings/canary.ts";
import { settingsFor, stackBindingsFor } from "./bindings.ts";
import { CommandError, EXIT } from "./exit.ts";
import { choose, planOf, printJson, type RootOptions } from "./root.ts";
import { cancellable } from "./signals.ts";

interface VerifyCommandOptions extends RootOptions {
  readonly stack: string;
  readonly format: "text" | "json";
}

/** Longest wait: a job's start and run, a crawl, and a margin. A crawler bills at least ten minutes and takes about two. */
const LONGEST_MILLISECONDS = 30 * 60_000;

/** Exit 0 if nothing failed, 1 if an assumption is wrong. */
export async function verify(options: VerifyCommandOptions): Promise<number> {
  const settings = settingsFor(options);
  if (!settings.canary)
    throw new CommandError(
      `stack \`${options.stack}\` has no canary`,
      `set \`strata:canary: true\` in Pulumi.${options.stack}.yaml, then \`pulumi up\``,
    );
  const loaded = await loadRoot(CANARY_ROOT);
  const plan = planOf(loaded, choose(loaded, CANARY));
  const bindings = await stackBindingsFor(plan, options, loaded);
  return cancellable("cancelled; the canary's execution continues and is harmless", async (signal) => {
    const findings = await verifyStack({
      clients: clientsFor(bindings.region),
      bindings,
      definition: emitAsl(plan, bindings).text,
      waiting: {
        pause: (milliseconds) => sleep(milliseconds, undefined, { signal }),
        now: () => performance.now(),
        longest: LONGEST_MILLISECONDS,
        onProgress: (message) => process.stderr.write(`${message}\n`),
      },
    });
    const isBroken = findings.some(({ status }) => status === "failed");
    if (options.format === "json") printJson({ version: 1, status: isBroken ? "FAILED" : "SUCCEEDED", findings });
    else process.stdout.write(findingsText(findings));
    return isBroken ? EXIT.failed : EXIT.ok;
  });
}

const MARKS = { held: "ok     ", failed: "FAILED ", unknown: "unknown" } as const;

/** A line per finding, and one with its remedy. */
export function findingsText(findings: readonly Finding[]): string {
  const lines = lineUp(findings.map(({ check, status, message }) => [MARKS[status], check, message]));
  const helps = findings.map(({ help }) => (help === undefined ? "" : `  help: ${help}\n`));
  return lines.map((line, index) => `${line}\n${helps[index]}`).join("");
}
