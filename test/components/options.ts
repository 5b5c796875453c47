/** What mocks do not get of a resource: its options. Read off the requests, as the engine would get them. */

import * as pulumi from "@pulumi/pulumi";

export interface Options {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** `type::name` of the provider; empty for the default one. */
  readonly provider: string;
  /** Property → `type::name` of the resources that it depends on. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

/** The part of a registration's request that is read here. */
interface Request {
  getType(): string;
  getName(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getProvider(): string;
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): string[] }]> };
}

type Register = (request: Request, ...rest: unknown[]) => unknown;

/** To be called after `setMocks`; returns an object that fills while the program runs. */
export function recordOptions(): Record<string, Options> {
  const options: Record<string, Options> = {};
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    options[`${request.getType()}::${request.getName()}`] = {
      protect: request.getProtect(),
      retainOnDelete: request.getRetainondelete(),
      // A reference is the provider's URN, and its id after two colons.
      provider: request.getProvider() === "" ? "" : labelOf(request.getProvider().split("::").slice(0, -1).join("::")),
      dependencies: Object.fromEntries(
        [...request.getPropertydependenciesMap().entries()].map(([key, urns]) => [
          key,
          urns.getUrnsList().map(labelOf),
        ]),
      ),
    };
    return register(request, ...rest);
  };
  return options;
}

/** `urn:pulumi:stack::project::parent$type::name` → `type::name`. */
function labelOf(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  return `${types.split("$").at(-1)}::${name.join("::")}`;
}
