/** Bindings of a command: a stack's if one is named, else those of the local run. */

import type { Bindings } from "../compiler/bindings.ts";
import type { Plan } from "../compiler/plan.ts";
import type { RootOptions } from "./root.ts";

/** The names that a definition is emitted with. Diagnostics of the stack's settings end the command. */
export async function bindingsFor(plan: Plan, options: RootOptions & { readonly stack?: string }): Promise<Bindings> {
  const { localBindings } = await import("../settings/bindings.ts");
  if (options.stack === undefined) return localBindings(plan);
  throw new Error("not yet");
}
