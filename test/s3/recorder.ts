/** A proxy before a stand-in for S3 that writes down every request, so that policies can be asked about each. */

import { createServer, request as forward, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** One answered request. */
export interface Recorded {
  readonly method: string;
  readonly bucket: string;
  /** Decoded; empty for requests to a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly status: number;
  /** `x-amz-copy-source`, decoded: bucket/key. */
  readonly copySource: string | undefined;
  /** Keys of a DeleteObjects request. */
  readonly deletes: readonly string[];
  /** `user-agent`: who asked, the job itself (boto3) or its engine. */
  readonly agent: string;
}

export interface Recorder {
  readonly url: string;
  /** What came since the last call. */
  readonly take: () => Recorded[];
  readonly stop: () => void;
}

/** Forwards to `target`, which serves path-style addresses. `latency`: milliseconds that each request takes longer; default 0. */
export async function startRecorder(target: string, latency = 0): Promise<Recorder> {
  let recorded: Recorded[] = [];
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", async () => {
      const body = Buffer.concat(chunks);
      if (latency > 0) await delay(latency);
      const { method, url, headers } = incoming;
      const outgoing = forward({ hostname, port, method, path: url, headers }, (reply) => {
        recorded.push(describe(incoming, reply.statusCode ?? 0, body));
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
      });
      outgoing.on("error", () => answer.destroy());
      outgoing.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const all = recorded;
      recorded = [];
      return all;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function describe({ method, url, headers }: IncomingMessage, status: number, body: Buffer): Recorded {
  const { pathname, searchParams } = new URL(url ?? "/", "http://s3");
  const [bucket = "", ...rest] = pathname.slice(1).split("/");
  const copySource = headers["x-amz-copy-source"];
  const deletes = searchParams.has("delete") ? [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)] : [];
  return {
    method: method ?? "",
    bucket,
    key: decodeURIComponent(rest.join("/")),
    query: searchParams,
    status,
    copySource: typeof copySource === "string" ? decodeURIComponent(copySource).replace(/^\//, "") : undefined,
    deletes: deletes.map(([, key]) => key ?? ""),
    agent: headers["user-agent"] ?? "",
  };
}
