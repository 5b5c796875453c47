/** The part of GitHub's REST API that a comment needs: JSON, pages, retries after server errors. */

/** A repository and how to reach it. */
export interface GitHubOptions {
  /** `https://api.github.com`, or another server's. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  /** Never printed, and in no message or URL. */
  readonly token: string;
  /** Milliseconds before the first retry; doubles each time. */
  readonly delay?: number;
}

/** GitHub refused, or is unreachable; the message has the request and the response's status. */
export class GitHubError extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = "GitHubError";
    this.status = status;
  }
}

const TRIES = 4;
/** Most pages of comments that are searched (10,000 comments). */
const MOST_PAGES = 100;
const PAGE_SIZE = 100;
const TIMEOUT_MS = 30_000;

/** One request. `path` is below the repository and starts with `/`. */
export async function ask(options: GitHubOptions, method: string, path: string, body?: object): Promise<unknown> {
  const what = `${method} ${path.split("?")[0]}`;
  const init: RequestInit = {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${options.token}`,
      "content-type": "application/json",
      "user-agent": "strata-review",
      "x-github-api-version": "2022-11-28",
    },
    ...(body && { body: JSON.stringify(body) }),
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(`${options.api}/repos/${options.repository}${path}`, {
      ...init,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // A redirect would send the token to another server.
      redirect: "error",
    }).catch((problem: unknown) => new GitHubError(`${what}: ${reasonOf(problem)}`));
    if (!(answer instanceof GitHubError)) {
      const text = await answer.text();
      if (answer.ok) return text === "" ? undefined : (JSON.parse(text) as unknown);
      if (answer.status < 500 || attempt === TRIES)
        throw new GitHubError(`${what}: GitHub returned ${answer.status}${detail(text)}`, answer.status);
    } else if (attempt === TRIES) throw answer;
    await new Promise((resolve) => setTimeout(resolve, (options.delay ?? 1_000) * 2 ** (attempt - 1)));
  }
}

/** Every element of a list, page by page, as far as the caller reads. */
export async function* pages(options: GitHubOptions, path: string): AsyncGenerator<unknown> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const separator = path.includes("?") ? "&" : "?";
    const list = await ask(options, "GET", `${path}${separator}per_page=${PAGE_SIZE}&page=${page}`);
    if (!Array.isArray(list)) throw new GitHubError(`GET ${path.split("?")[0]}: the response is not a list`);
    yield* list;
    if (list.length < PAGE_SIZE) return;
  }
}

/** GitHub's message, which contains no secret. */
function detail(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? `: ${message.slice(0, 200)}` : "";
  } catch {
    return "";
  }
}

function reasonOf(problem: unknown): string {
  const { message, cause } = problem as { message?: string; cause?: { message?: string } };
  return cause?.message ?? message ?? String(problem);
}
