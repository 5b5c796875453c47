/**
 * The workflows' commands: `collect`, `preview` and `comment`, implemented in the other files of this folder.
 *
 *     node review/main.ts collect --base origin/main --out review-results
 *     node review/main.ts preview --stack dev --out review-results
 *     node review/main.ts comment --in review-results --stacks dev,prod            # prints it
 *     node review/main.ts comment --in review-results --stacks dev,prod --post     # writes it to the pull request
 *
 * `--post` reads from the environment: GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL; HEAD_OWNER, HEAD_BRANCH and
 * HEAD_SHA, which GitHub reports for the run with these results; PREVIEWS, `left-out` or `not-set-up` if no preview ran.
 */

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { collect, FILES, preview, previewFile } from "./collect.ts";
import { buildComment } from "./comment.ts";
import { GitHubError } from "./github.ts";
import { FORK_REASON, NOT_SET_UP_REASON, type Preview, type ReviewInput } from "./input.ts";
import { postComment } from "./post.ts";
import { pullRequestOf } from "./pull-request.ts";
import { readDiagnostics, readDiffs, readPreview } from "./read.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: "string", default: "origin/main" },
    in: { type: "string", default: "review-results" },
    out: { type: "string", default: "review-results" },
    post: { type: "boolean", default: false },
    root: { type: "string" },
    stack: { type: "string", default: "dev" },
    stacks: { type: "string", default: "dev,prod" },
  },
});

/** A larger file is not a result of Strata's jobs. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** Why no preview ran, by PREVIEWS. */
const REASONS: Readonly<Record<string, string>> = { "left-out": FORK_REASON, "not-set-up": NOT_SET_UP_REASON };

async function main(): Promise<number> {
  switch (positionals[0]) {
    case "collect":
      return collect(values.base, values.out, values.root);
    case "preview":
      return preview(values.stack, values.out);
    case "comment":
      return comment();
    default:
      throw new GitHubError("expected `collect`, `preview` or `comment`");
  }
}

async function comment(): Promise<number> {
  const { env } = process;
  const body = buildComment(await readInput(values.in, values.stacks.split(","), env.HEAD_SHA ?? ""));
  if (!values.post) {
    process.stdout.write(body);
    return 0;
  }
  const options = {
    api: env.GITHUB_API_URL ?? "https://api.github.com",
    repository: required("GITHUB_REPOSITORY"),
    token: required("GITHUB_TOKEN"),
  };
  const run = { owner: required("HEAD_OWNER"), branch: required("HEAD_BRANCH"), commit: required("HEAD_SHA") };
  const number = await pullRequestOf(options, run);
  if (number === undefined) {
    process.stdout.write("no open pull request has this commit as its head any more: no comment\n");
    return 0;
  }
  process.stdout.write(`comment of pull request ${number}: ${await postComment(options, number, body)}\n`);
  return 0;
}

async function readInput(folder: string, stacks: readonly string[], commit: string): Promise<ReviewInput> {
  const text = async (file: string) => {
    const path = join(folder, file);
    const size = await stat(path).then(
      (info) => info.size,
      () => Infinity,
    );
    return size > LARGEST_FILE ? undefined : readFile(path, "utf8");
  };
  const previews = stacks.map(async (stack): Promise<Preview> => {
    const reason = REASONS[process.env.PREVIEWS ?? ""];
    if (reason === undefined) return readPreview(await text(previewFile(stack)), stack);
    return { stack, status: "left-out", reason, steps: [], violations: [], errors: [] };
  });
  return {
    commit,
    diagnostics: readDiagnostics(await text(FILES.check)),
    diffs: readDiffs(await text(FILES.diff)),
    previews: await Promise.all(previews),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new GitHubError(`${name} is not set in the environment`);
  return value;
}

try {
  process.exitCode = await main();
} catch (problem) {
  if (!(problem instanceof GitHubError)) throw problem;
  process.stderr.write(`review: ${problem.message}\n`);
  process.exitCode = 1;
}
