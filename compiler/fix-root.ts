/** All safe fixes of a root, applied to its texts. Pure: the caller writes them. */

import { type Compilation, compile } from "./compile.ts";
import type { Diagnostic, Fix } from "./diagnostics.ts";
import { applyFixes } from "./fix/apply.ts";
import { type CompileInput, replaceTexts, textOf } from "./input.ts";

/** What came of them. */
export interface FixedRoot {
  readonly input: CompileInput;
  /** New texts of the files that changed, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** The diagnostics that are fixed, in the order of their fixes, with the places that they had then. */
  readonly fixed: readonly Fixed[];
  /** Those whose safe fix is not applied, because it would bring another error. */
  readonly refused: readonly Fixed[];
}

/** A diagnostic with its safe fix. */
export interface Fixed {
  readonly diagnostic: Diagnostic;
  readonly fix: Fix;
}

/** Fixes that overlap are applied one after the other. Each round fixes something, but two rules that undo each other would not end. */
const MOST_ROUNDS = 50;

/** A root, and what it compiles to. */
export interface CompiledRoot extends Compilation {
  readonly input: CompileInput;
}

/**
 * Applies the first safe fix of each diagnostic, and again to what comes of it, until none is left. No fix is applied that brings an error.
 *
 * @param isChosen pipelines whose diagnostics are fixed, by name
 */
export function fixRoot(start: CompiledRoot, isChosen: (pipeline: string) => boolean): FixedRoot {
  let state = start;
  const fixed: Fixed[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const step = soundStep(state, { ...state, applied: [] }, safeFixes(state, isChosen));
    if (step.applied.length === 0) break;
    state = step;
    fixed.push(...step.applied);
  }
  const [before, after] = [textOf(start.input), textOf(state.input)];
  const files = new Set(fixed.flatMap(({ fix }) => fix.edits.map(({ file }) => file)));
  const texts = [...files].map((file) => [file, after(file) ?? ""] as const);
  return {
    input: state.input,
    texts: new Map(texts.filter(([file, text]) => text !== before(file))),
    fixed,
    refused: safeFixes(state, isChosen),
  };
}

function safeFixes({ pipelines }: Compilation, isChosen: (pipeline: string) => boolean): Fixed[] {
  const chosen = pipelines.filter(({ name }) => isChosen(name)).flatMap(({ diagnostics }) => diagnostics);
  return chosen.flatMap((diagnostic) => {
    const fix = diagnostic.fixes.find(({ safe }) => safe);
    return fix === undefined ? [] : [{ diagnostic, fix }];
  });
}

/** A root with some of the fixes of another applied. */
interface Step extends CompiledRoot {
  readonly applied: readonly Fixed[];
}

/** Applies as many more of a root's fixes as bring no error: all together, or else those of each half. */
function soundStep(start: CompiledRoot, before: Step, more: readonly Fixed[]): Step {
  const all = [...before.applied, ...more];
  const { texts, fixes } = applyFixes(
    all.map(({ fix }) => fix),
    textOf(start.input),
  );
  if (fixes.length === before.applied.length) return before;
  const input = replaceTexts(start.input, texts);
  const made = new Set(fixes);
  const next: Step = { input, ...compile(input), applied: all.filter(({ fix }) => made.has(fix)) };
  if (!bringsError(start, next)) return next;
  if (more.length === 1) return before;
  const half = Math.ceil(more.length / 2);
  return soundStep(start, soundStep(start, before, more.slice(0, half)), more.slice(half));
}

/** True where an error is new, or there is one more of its kind. */
function bringsError(before: Compilation, after: Compilation): boolean {
  const left = new Map<string, number>();
  for (const each of errorsOf(before)) left.set(each, (left.get(each) ?? 0) + 1);
  return errorsOf(after).some((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count === 0;
  });
}

function errorsOf({ diagnostics }: Compilation): string[] {
  return diagnostics.filter(({ severity }) => severity === "error").map(identityOf);
}

/** What a diagnostic is whatever is changed before its place. */
function identityOf({ code, file, message }: Diagnostic): string {
  return JSON.stringify([code, file, message]);
}
