/**
 * A language host for Node programs, spoken to by Pulumi's engine: the part of `pulumi-language-nodejs` that runs a
 * program. The vendor's host comes with the vendor's CLI and with nothing else; a CLI built from its Go module has none.
 *
 * It runs the program as the vendor's does, by the SDK's own `cmd/run`, and is not written to be more: it installs
 * nothing, generates no code, and asks for no plugins, so that an engine in tests downloads none.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import grpcService from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { type Method, serve } from "./grpc.ts";

/** How `cmd/run` ends after it showed its error itself; the engine must then print nothing more. */
const EXIT_SHOWN = 32;

/** Starts the host and prints its port, which the engine waits for on stdout. */
export async function startLanguageHost(args: readonly string[]): Promise<void> {
  const engine = args.findLast((arg) => !arg.startsWith("-")) ?? "";
  const children = new Set<ChildProcess>();
  const end = () => {
    for (const child of children) child.kill("SIGKILL");
  };
  const { port } = await serve(grpcService.LanguageRuntimeService as never, methods(engine, children, end));
  process.stdout.write(`${port}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      end();
      process.exit(0);
    });
  }
  // The engine holds our stdin; its end is the engine's, even one by SIGKILL.
  process.stdin.on("end", () => process.emit("SIGTERM", "SIGTERM")).resume();
}

function methods(engine: string, children: Set<ChildProcess>, end: () => void): Record<string, Method> {
  return {
    handshake: () => new language.LanguageHandshakeResponse(),
    getPluginInfo: () => new plugin.PluginInfo().setVersion(sdkVersion()),
    getRequiredPlugins: () => new language.GetRequiredPluginsResponse(),
    getRequiredPackages: () => new language.GetRequiredPackagesResponse(),
    runtimeOptionsPrompts: () => new language.RuntimeOptionsResponse(),
    getProgramDependencies: () => new language.GetProgramDependenciesResponse(),
    about: () => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    run: (request: InstanceType<typeof language.RunRequest>, signal) => run(request, engine, children, signal),
    cancel: () => {
      end();
      return new empty.Empty();
    },
  };
}

/** Runs the program to its end. */
function run(
  request: InstanceType<typeof language.RunRequest>,
  engine: string,
  children: Set<ChildProcess>,
  signal: AbortSignal,
): Promise<InstanceType<typeof language.RunResponse>> {
  const answer = new language.RunResponse();
  return new Promise((resolve) => {
    // The program's prints go to our own streams, from where the engine takes them.
    const child = spawn(process.execPath, argumentsOf(request, engine), {
      cwd: request.getPwd(),
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...environmentOf(request) },
    });
    children.add(child);
    signal.addEventListener("abort", () => child.kill("SIGKILL"));
    child.on("error", (problem) => resolve(answer.setError(`the program cannot be started: ${problem.message}`)));
    child.on("close", (code, killed) => {
      children.delete(child);
      if (code === EXIT_SHOWN) resolve(answer.setBail(true));
      else if (code === 0) resolve(answer);
      else resolve(answer.setError(`the program ended with ${killed ?? `exit code ${code}`}`));
    });
  });
}

/** The command line of `cmd/run` (its `usage` names the flags). */
function argumentsOf(request: InstanceType<typeof language.RunRequest>, engine: string): string[] {
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  return [
    join(dirname(packageFile()), "cmd", "run", "index.js"),
    ...Object.entries(flags).flatMap(([flag, value]) => (value === "" ? [] : [`--${flag}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}

/** Configuration is passed in the environment, and so are the names of its secrets. */
function environmentOf(request: InstanceType<typeof language.RunRequest>): Record<string, string> {
  const options = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
  };
}

const require = createRequire(import.meta.url);

function packageFile(): string {
  return require.resolve("@pulumi/pulumi/package.json");
}

function sdkVersion(): string {
  return (require(packageFile()) as { version: string }).version;
}
