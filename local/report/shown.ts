/**
 * What engines said in their own words, with values of rows: shown to whoever runs a pipeline on their own lake, and
 * nowhere else. Results in JSON, the ledger and everything on AWS have the message without them (docs/security.md).
 */

import type { JobEvent } from "../worker/worker.ts";

export class Shown {
  readonly #messages = new Map<string, string>();

  /** Takes what one event says, if it is about this. */
  take(event: JobEvent): void {
    if (event.event === "dataset_started") this.#messages.delete(String(event.name));
    if (event.event === "error_shown") this.#messages.set(String(event.name), String(event.message));
  }

  of(dataset: string): string | undefined {
    return this.#messages.get(dataset);
  }
}
