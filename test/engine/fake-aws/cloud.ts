/** A fake AWS account in memory: what was created, what was asked for, and calls that a test holds up. */

import type { Account } from "./identity.ts";
import type { Find, Stored } from "./references.ts";
import type { Properties } from "./values.ts";

/** A resource with what the provider answered for it. */
export interface Resource extends Stored {
  readonly name: string;
  readonly urn: string;
  /** Inputs and outputs as the engine keeps them, with marks of secrets. */
  readonly rawInputs: Properties;
  readonly rawOutputs: Properties;
}

/** A call that changes the cloud. */
export interface Call {
  readonly method: "create" | "update" | "delete";
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** As a cloud would get them: without marks. */
  readonly inputs: Properties;
}

export interface Hold {
  /** Settles when a call that fits has come. */
  readonly reached: Promise<Call>;
  readonly release: () => void;
}

export class FakeCloud {
  readonly at: Account;
  /** Calls that changed something, in order. */
  readonly calls: Call[] = [];
  /** How often the engine asked the provider to end what it does. */
  cancellations = 0;
  readonly #resources = new Map<string, Resource>();
  readonly #holds: { fits: (call: Call) => boolean; reach: (call: Call) => void; released: Promise<void> }[] = [];

  constructor(account: string, region = "eu-central-1", partition = "aws") {
    this.at = { account, region, partition };
  }

  get resources(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  readonly find: Find = (test) => this.resources.find(test);

  get(type: string, id: string): Resource | undefined {
    return this.#resources.get(`${type} ${id}`);
  }

  put(resource: Resource): void {
    this.#resources.set(`${resource.type} ${resource.id}`, resource);
  }

  remove(resource: Stored): void {
    this.#resources.delete(`${resource.type} ${resource.id}`);
  }

  /** Keeps the first call that fits waiting until it is released. */
  hold(fits: (call: Call) => boolean): Hold {
    const reached = Promise.withResolvers<Call>();
    const released = Promise.withResolvers<void>();
    this.#holds.push({ fits, reach: reached.resolve, released: released.promise });
    return { reached: reached.promise, release: released.resolve };
  }

  /** To be awaited by every call before it does anything. */
  async enter(call: Call): Promise<void> {
    this.calls.push(call);
    const index = this.#holds.findIndex(({ fits }) => fits(call));
    const [hold] = index < 0 ? [] : this.#holds.splice(index, 1);
    hold?.reach(call);
    await hold?.released;
  }
}
