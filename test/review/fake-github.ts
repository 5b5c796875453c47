/** A stand-in for GitHub's REST interface, called fake: a real HTTP server on this machine that keeps comments in memory. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

export interface FakeGitHub {
  readonly api: string;
  readonly comments: FakeComment[];
  readonly pulls: { number: number; head: { sha: string; label: string } }[];
  /** `METHOD path?query` of every request. */
  readonly requests: string[];
  /** Statuses that the next requests are answered with, before any work is done. */
  readonly failures: number[];
  readonly close: () => Promise<void>;
}

export const TOKEN = "ghs_secret_of_the_test";
export const BOT = "github-actions[bot]";

export async function startFakeGitHub(): Promise<FakeGitHub> {
  const comments: FakeComment[] = [];
  const pulls: FakeGitHub["pulls"] = [];
  const requests: string[] = [];
  const failures: number[] = [];
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const url = new URL(request.url ?? "/", "http://fake");
    requests.push(`${request.method} ${request.url}`);
    const text = await bodyOf(request);
    const failure = failures.shift();
    if (failure !== undefined) return answer(failure, { message: "the fake is set to fail" });
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401, { message: "Bad credentials" });
    const page = <T>(list: readonly T[]) => {
      const [size, number] = [Number(url.searchParams.get("per_page")), Number(url.searchParams.get("page"))];
      answer(200, list.slice((number - 1) * size, number * size));
    };
    const path = `${request.method} ${url.pathname.replace("/repos/acme/shop", "")}`;
    if (path === "GET /pulls") return page(pulls.filter(({ head }) => head.label === url.searchParams.get("head")));
    if (path === "GET /issues/7/comments") return page(comments);
    const { body } = JSON.parse(text || "{}") as { body?: string };
    if (path === "POST /issues/7/comments") {
      const made = { id: 1_000 + comments.length, body: body ?? "", user: { login: BOT } };
      comments.push(made);
      return answer(201, made);
    }
    const found = comments.find(({ id }) => path === `PATCH /issues/comments/${id}`);
    if (found === undefined) return answer(404, { message: "Not Found" });
    found.body = body ?? "";
    return answer(200, found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { api: `http://127.0.0.1:${port}`, comments, pulls, requests, failures, close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
