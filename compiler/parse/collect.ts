import type { Diagnostic } from "../diagnostics.ts";

/** Takes one mistake; the caller goes on and finds the next. */
export type Collect = (diagnostic: Diagnostic) => void;
