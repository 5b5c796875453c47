/** Child processes that answer requests: what their program loads is loaded once for all of them. */

import { type ChildProcess, fork } from "node:child_process";

interface Message<Content> {
  readonly id: number;
  readonly content: Content;
}

type Answered<Answer> = { readonly answer: Answer } | { readonly crash: string };

/**
 * A function that puts requests to a program which calls `serve`. The first request starts its process, which ends with this
 * one and keeps it from ending only while a request waits.
 */
export function requester<Request, Answer>(program: string): (request: Request) => Promise<Answer> {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let child: ChildProcess | undefined;
  let requests = 0;
  const start = () => {
    const started = fork(program, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    started.unref();
    started.channel?.unref();
    started.on("message", ({ id, content }: Message<Answered<Answer>>) => {
      const request = waiting.get(id);
      if ("crash" in content) request?.reject(new Error(`${program} failed: ${content.crash}`));
      else request?.resolve(content.answer);
      waiting.delete(id);
      if (waiting.size === 0) started.channel?.unref();
    });
    started.on("exit", (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`${program} ended with ${code}`));
    });
    // Its CPU seconds count only if it is waited for (test/cost.ts).
    process.once("beforeExit", () => {
      started.ref();
      started.disconnect();
    });
    return started;
  };
  return (content) => {
    child ??= start();
    const request = Promise.withResolvers<Answer>();
    const id = ++requests;
    waiting.set(id, request);
    child.channel?.ref();
    child.send({ id, content } satisfies Message<Request>);
    return request.promise;
  };
}

/** Replies to the requests to this process, one after another. */
export function serve<Request, Answer>(answer: (request: Request) => Promise<Answer>): void {
  let last: Promise<void> = Promise.resolve();
  process.on("message", ({ id, content }: Message<Request>) => {
    last = last.then(async () => {
      const answered = await answer(content).then(
        (value) => ({ answer: value }),
        (problem: Error) => ({ crash: problem.stack ?? problem.message }),
      );
      process.send?.({ id, content: answered } satisfies Message<Answered<Answer>>);
    });
  });
  process.once("disconnect", () => process.exit());
}
