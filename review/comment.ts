/** A pull request's comment as Markdown: what blocks it, then what it changes, then details. Pure. */

import { counted } from "../compiler/show/counted.ts";
import { inline } from "./escape.ts";
import { COMMENT_LIMIT, fitSections } from "./fit.ts";
import { FORK_REASON, NOT_SET_UP_REASON, type Preview, type ReviewInput } from "./input.ts";
import { sectionsOf } from "./sections.ts";

/** Invisible first line of the comment, by which it is found and updated. */
export const MARKER = "<!-- strata-review -->";

/** The head is never truncated, so it must not grow with the number of stacks. */
const MOST_STACKS = 10;

/** The comment's text: starts with the marker and is shorter than GitHub's limit for any input. */
export function buildComment(input: ReviewInput, limit = COMMENT_LIMIT - 1): string {
  const head = [
    MARKER,
    "## Strata",
    "",
    ...verdict(input),
    ...input.previews
      .slice(0, MOST_STACKS)
      .map((preview) => `- Preview of ${inline(preview.stack, 60)}: ${summaryOf(preview)}`),
    ...(/^[0-9a-f]{7,64}$/.test(input.commit) ? ["", `For commit ${input.commit}.`] : []),
  ];
  return fitSections(head.join("\n"), sectionsOf(input), limit);
}

/** A line on the check, and one on the difference. */
function verdict({ diagnostics, diffs }: ReviewInput): string[] {
  const number = (severity: string) => diagnostics?.filter((each) => each.severity === severity).length ?? 0;
  const check =
    diagnostics === undefined
      ? "- ❌ `strata check` did not finish: see its job"
      : number("error") > 0
        ? `- ❌ \`strata check\`: ${counted(number("error"), "error")}, ${counted(number("warning"), "warning")}`
        : `- ✅ \`strata check\`: no errors, ${counted(number("warning"), "warning")}`;
  if (diffs === undefined) return [check, "- No comparison of plans: the pipelines have errors"];
  const changed = diffs.reduce((sum, { datasets }) => sum + datasets.length, 0);
  const downstream = diffs.reduce((sum, each) => sum + each.downstream.length, 0);
  return [check, `- Plan: ${counted(changed, "dataset")} changed, ${counted(downstream, "more dataset")} affected`];
}

function summaryOf({ status, reason, steps, violations }: Preview): string {
  // Reasons come from Strata's own jobs, but through files that a pull request could have written.
  if (status === "left-out")
    return `left out, because ${[FORK_REASON, NOT_SET_UP_REASON].includes(reason) ? reason : inline(reason)}`;
  const number = (...ops: string[]) => steps.filter(({ op }) => ops.includes(op)).length;
  const counts = [
    `${number("create", "import")} to create`,
    `${number("update")} to update`,
    `**${number("replace")} to replace**`,
    `**${number("delete")} to delete**`,
    `${counted(violations.length, "finding")} of the policy pack`,
  ].join(", ");
  return status === "failed" ? `❌ failed (${inline(reason)}); ${counts}` : counts;
}
