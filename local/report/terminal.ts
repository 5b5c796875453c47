/** What everything that shows a run shares: colours, text that cannot steer a terminal, where texts are found. */

import pc from "picocolors";
import type { CompiledPipeline } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import { printable } from "../../compiler/show/text.ts";

/** Commands that a help names. */
export interface Commands {
  /** Runs one dataset of a pipeline. */
  readonly run: (pipeline: string, dataset: string) => string;
  /** Writes a location of the sample; undefined outside this root's sample. */
  readonly data: (location: string) => string | undefined;
}

/** What is shown, and how. */
export interface ReporterContext {
  readonly plan: Plan;
  readonly textOf: (file: string) => string | undefined;
  /** Where an expectation of a dataset is written. */
  readonly placeOfExpectation?: CompiledPipeline["placeOfExpectation"];
  /** Plans of the root's other pipelines, whose targets this one may read. */
  readonly others?: readonly Plan[];
  /** The lake's folder: what the buckets of locations are folders of. */
  readonly lake?: string;
  /** Commands that fit this lake, ready to copy. */
  readonly commands?: Commands;
  /** False where the caller names the engine in its own last line; default true. */
  readonly namesEngine?: boolean;
}

/**
 * Colours of a stream, or none: `NO_COLOR` and `FORCE_COLOR=0` switch them off, any other `FORCE_COLOR` on, else a
 * terminal that is not `dumb` has them.
 */
export function coloursOf(
  stream: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv = process.env,
): ReturnType<typeof pc.createColors> {
  const { NO_COLOR: never = "", FORCE_COLOR: forced = "", TERM } = env;
  const isTerminal = stream.isTTY === true && TERM !== "dumb";
  return pc.createColors(never === "" && (forced === "" ? isTerminal : !/^(0|false)$/.test(forced)));
}

/** Functions that colour text, or leave it. */
export type Colours = ReturnType<typeof coloursOf>;

/** A word as a shell reads it: POSIX quotes, and ANSI-C's (bash, zsh) where it could steer the terminal. */
export function quoted(word: string): string {
  if (/^(?!=)[A-Za-z0-9_/.:=@%+,-]+$/.test(word)) return word;
  if (printable(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = printable(word.replaceAll("\\", "\\\\").replaceAll("'", "\\'"));
  return `$'${escaped}'`;
}
