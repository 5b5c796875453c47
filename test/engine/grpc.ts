/** gRPC servers of plugins: on a free port of this machine, each method an async function. */

import type { UntypedHandleCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import grpc from "@grpc/grpc-js";

/** Handles a request; a thrown error becomes the call's status with its message. */
export type Method = (request: never, signal: AbortSignal) => unknown | Promise<unknown>;

export interface RunningServer {
  readonly port: number;
  readonly stop: () => void;
}

/** Starts a server with one service. Methods that are not given answer UNIMPLEMENTED, which the engine knows. */
export async function serve(
  service: grpc.ServiceDefinition<UntypedServiceImplementation>,
  methods: Readonly<Record<string, Method>>,
): Promise<RunningServer> {
  // Resources with much SQL in them are larger than the default of 4 MiB.
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(
    service,
    Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, unary(method)])),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (problem, bound) =>
      problem ? reject(problem) : resolve(bound),
    );
  });
  return { port, stop: () => server.forceShutdown() };
}

function unary(method: Method): UntypedHandleCall {
  return (call: grpc.ServerUnaryCall<unknown, unknown>, answer: grpc.sendUnaryData<unknown>) => {
    const ended = new AbortController();
    call.on("cancelled", () => ended.abort());
    Promise.resolve()
      .then(() => method(call.request as never, ended.signal))
      .then(
        (response) => answer(null, response),
        (problem: unknown) =>
          answer({ code: grpc.status.UNKNOWN, details: problem instanceof Error ? problem.message : String(problem) }),
      );
  };
}
