/**
 * Finds the pull request of a finished run.
 *
 * The run's files could contain any number, so GitHub is queried by what a pull request cannot forge: the branch and the
 * commit that GitHub reports for the run. (The event's list of pull requests is empty for forks.)
 */

import { type GitHubOptions, pages } from "./github.ts";

/** GitHub's facts about the finished run. */
export interface FinishedRun {
  /** Owner of the repository that the branch is in: a fork's, perhaps. */
  readonly owner: string;
  readonly branch: string;
  readonly commit: string;
}

/** The open pull request with exactly this head; undefined if it is closed or has newer commits. */
export async function pullRequestOf(options: GitHubOptions, run: FinishedRun): Promise<number | undefined> {
  const head = encodeURIComponent(`${run.owner}:${run.branch}`);
  for await (const each of pages(options, `/pulls?state=open&head=${head}`)) {
    const { number, head: found } = each as { number?: unknown; head?: { sha?: unknown } | null };
    if (typeof number === "number" && found?.sha === run.commit) return number;
  }
  return undefined;
}
