/**
 * Engines' full messages, with values of rows: shown only on the terminal of the person who runs a pipeline locally.
 * JSON results, the ledger and everything on AWS have the message without values (docs/security.md).
 */

import type { JobEvent } from "../worker/worker.ts";

export class Shown {
  readonly #messages = new Map<string, string>();

  /** Stores an event's message if it is one of these. */
  take(event: JobEvent): void {
    if (event.event === "dataset_started") this.#messages.delete(event.name);
    if (event.event === "error_shown") this.#messages.set(event.name, event.message);
  }

  of(dataset: string): string | undefined {
    return this.#messages.get(dataset);
  }
}
