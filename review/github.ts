/** GitHub's REST interface, as little of it as a comment needs: JSON, pages, another try where the server failed. */

/** Who is asked, and how. */
export interface GitHubOptions {
  /** `https://api.github.com`, or another server's. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  /** Never printed: it is in no message and no URL. */
  readonly token: string;
  /** Milliseconds before the first further try; it doubles each time. */
  readonly delay?: number;
}

/** GitHub refused, or could not be reached; the message says what was asked for and the answer's status. */
export class GitHubError extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = "GitHubError";
    this.status = status;
  }
}

const TRIES = 4;
/** More than this many pages of comments (10,000) are not looked through. */
const MOST_PAGES = 100;
const PAGE_SIZE = 100;
const TIMEOUT_MS = 30_000;

/** Asks for one thing. `path` is below the repository and starts with `/`. */
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
      // A redirect would carry the token to wherever it points.
      redirect: "error",
    }).catch((problem: unknown) => new GitHubError(`${what}: ${reasonOf(problem)}`));
    if (!(answer instanceof GitHubError)) {
      const text = await answer.text();
      if (answer.ok) return text === "" ? undefined : (JSON.parse(text) as unknown);
      if (answer.status < 500 || attempt === TRIES)
        throw new GitHubError(`${what}: GitHub answered ${answer.status}${detail(text)}`, answer.status);
    } else if (attempt === TRIES) throw answer;
    await new Promise((resolve) => setTimeout(resolve, (options.delay ?? 1_000) * 2 ** (attempt - 1)));
  }
}

/** Every element of a list, page after page, as far as the caller reads. */
export async function* pages(options: GitHubOptions, path: string): AsyncGenerator<unknown> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const separator = path.includes("?") ? "&" : "?";
    const list = await ask(options, "GET", `${path}${separator}per_page=${PAGE_SIZE}&page=${page}`);
    if (!Array.isArray(list)) throw new GitHubError(`GET ${path.split("?")[0]}: the answer is no list`);
    yield* list;
    if (list.length < PAGE_SIZE) return;
  }
}

/** GitHub's own sentence, which names no secret. */
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
