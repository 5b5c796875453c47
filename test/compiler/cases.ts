/** The cases of test/fixtures/compiler, one file each; their form is in test/fixtures/README.md. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { Diagnostic } from "../../compiler/diagnostics.ts";
import { renderDiagnostics } from "../../compiler/show/render.ts";
import { loadRoot } from "../../loading/load.ts";
import { HOME } from "../../setup/node.mjs";
import { folderOf } from "../cli/strata.ts";
import { contentOf, formatArchive, parseArchive, type Section } from "../txtar.ts";

const FOLDER = join(HOME, "test", "fixtures", "compiler");
const pathOf = (name: string) => join(FOLDER, `${name}.txtar`);
const archiveOf = (name: string) => parseArchive(readFileSync(pathOf(name), "utf8"));

/** What a case does not say itself: a pipeline of two stages without a mistake. */
const BASE = archiveOf("base").sections;

/** Names of all cases. */
export const NAMES = readdirSync(FOLDER)
  .map((file) => file.replace(/\.txtar$/, ""))
  .filter((name) => name !== "base")
  .sort();

/** One case. */
export interface Case {
  readonly files: readonly Section[];
  /** What `strata check` prints; undefined: not written yet. */
  readonly expected: string | undefined;
  /** The files with their mistakes corrected, if the case says how. */
  readonly corrected: readonly Section[] | undefined;
  /** Writes the expected text into the case's file. */
  readonly update: (text: string) => void;
}

/** Reads a case. */
export function readCase(name: string): Case {
  const archive = archiveOf(name);
  const is = (kind: string) => archive.sections.filter((each) => kindOf(each) === kind);
  const [expected] = is("expected");
  const corrections = is("mended");
  const all = new Map([...BASE, ...is("file")].map((section) => [section.name, section]));
  const files = [...all.values()].filter(({ kind }) => kind !== "absent");
  return {
    files,
    expected: expected?.body,
    corrected: corrections.length === 0 ? undefined : corrections.reduce(correct, files),
    update: (body) => {
      const sections = [...is("file"), { name: "expected", kind: "", body }, ...corrections];
      writeFileSync(pathOf(name), formatArchive({ ...archive, sections }));
    },
  };
}

function kindOf({ name, kind }: Section): string {
  if (name === "expected") return "expected";
  return kind === "mended" ? "mended" : "file";
}

/**
 * Files with one of them corrected: lines `- old` and `+ new` are put in place of the first text that they name, an empty
 * section takes the base's file, and any other is a new file.
 */
function correct(files: readonly Section[], { name, body }: Section): readonly Section[] {
  const file = files.find((each) => each.name === name) ?? { name, kind: "", body: "" };
  const others = files.filter((each) => each !== file);
  if (body === "") return [...others, ...BASE.filter((each) => each.name === name)];
  if (!body.startsWith("- ")) return [...others, { ...file, body }];
  const textOf = (lines: string) => lines.replace(/^[-+] /gm, "").replace(/\n$/, "");
  let text = file.body;
  for (const [, before = "", after = ""] of body.matchAll(/((?:- .*\n)+)((?:\+ .*\n)+)/g)) {
    assert.include(text, textOf(before), `${name} holds what is corrected`);
    text = text.replace(textOf(before), () => textOf(after));
  }
  return [...others, { ...file, body: text }];
}

/** What `strata check` finds in files, and prints; they are written to a folder that `removeFolders` removes. */
export async function check(files: readonly Section[]): Promise<{ diagnostics: readonly Diagnostic[]; text: string }> {
  const root = folderOf(Object.fromEntries(files.map((section) => [section.name, contentOf(section)])));
  const { diagnostics, textOf } = await loadRoot(root);
  // Half a character is written as U+FFFD, to standard output as to a case's file.
  const text = renderDiagnostics(diagnostics, textOf).toWellFormed();
  return { diagnostics, text: diagnostics.length === 0 ? "" : `${text}\n` };
}
