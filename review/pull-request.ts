/**
 * Which pull request a finished run belongs to.
 *
 * The run's own files could say any number, so it is asked of GitHub by what a pull request cannot forge: the branch
 * and the commit that GitHub itself says the run was for. (The event's list of pull requests is empty for forks.)
 */

import { type GitHubOptions, pages } from "./github.ts";

/** What GitHub says of the run that ended. */
export interface FinishedRun {
  /** Owner of the repository that the branch is in: a fork's, perhaps. */
  readonly owner: string;
  readonly branch: string;
  readonly commit: string;
}

/** The open pull request whose head is exactly that; undefined where it is closed, or has moved on since. */
export async function pullRequestOf(options: GitHubOptions, run: FinishedRun): Promise<number | undefined> {
  const head = encodeURIComponent(`${run.owner}:${run.branch}`);
  for await (const each of pages(options, `/pulls?state=open&head=${head}`)) {
    const { number, head: found } = each as { number?: unknown; head?: { sha?: unknown } | null };
    if (typeof number === "number" && found?.sha === run.commit) return number;
  }
  return undefined;
}
