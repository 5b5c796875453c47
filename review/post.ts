/** One comment per pull request: found by its marker and author and updated, or created. */

import { MARKER } from "./comment.ts";
import { ask, GitHubError, type GitHubOptions, pages } from "./github.ts";

/** What was done. */
export type Posted = "created" | "updated";

/** Writes the comment. `author` is the login that the token writes as. */
export async function postComment(
  options: GitHubOptions,
  pullRequest: number,
  body: string,
  author = "github-actions[bot]",
): Promise<Posted> {
  if (!Number.isSafeInteger(pullRequest) || pullRequest < 1)
    throw new GitHubError("the number of the pull request is invalid");
  const found = await findComment(options, pullRequest, author);
  if (found === undefined) {
    await ask(options, "POST", `/issues/${pullRequest}/comments`, { body });
    return "created";
  }
  await ask(options, "PATCH", `/issues/comments/${found}`, { body });
  return "updated";
}

/** Anyone can write the marker, and the token may change any comment: so the author must match, too. */
async function findComment(options: GitHubOptions, pullRequest: number, author: string): Promise<number | undefined> {
  for await (const each of pages(options, `/issues/${pullRequest}/comments`)) {
    const { id, body, user } = each as { id?: unknown; body?: unknown; user?: { login?: unknown } | null };
    if (typeof id === "number" && typeof body === "string" && body.startsWith(MARKER) && user?.login === author)
      return id;
  }
  return undefined;
}
