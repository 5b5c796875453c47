// Applies the fixes of `strata check --format json` to the files of a root: the first of each diagnostic, safe or not.
//   strata check --format json | node apply-fixes.mjs ROOT
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = process.argv[2] ?? ".";
const { diagnostics } = JSON.parse(readFileSync(0, "utf8"));
const texts = new Map();
const taken = new Map();

for (const [fix] of diagnostics.map(({ fixes }) => fixes)) {
  const edits = fix?.edits.map((edit) => ({ ...edit, start: offset(edit, "start"), end: offset(edit, "end") })) ?? [];
  const isFree = ({ file, start, end }) =>
    (taken.get(file) ?? []).every((other) => end < other.start || start > other.end);
  if (!edits.every(isFree)) continue; // The next check gives it again.
  for (const edit of edits) taken.set(edit.file, [...(taken.get(edit.file) ?? []), edit]);
  if (edits.length > 0) console.log(fix.title);
}
for (const [file, edits] of taken) {
  let text = texts.get(file);
  for (const { start, end, text: put } of edits.sort((a, b) => b.start - a.start))
    text = text.slice(0, start) + put + text.slice(end);
  writeFileSync(join(root, file), text);
}

function offset({ file, range }, side) {
  if (!texts.has(file)) texts.set(file, readFileSync(join(root, file), "utf8"));
  const lines = texts.get(file).split(/(?<=\n|\r(?!\n))/);
  const { line, column } = range[side];
  // A byte order mark counts for nothing.
  const mark = line === 1 && lines[0].startsWith("\ufeff") ? 1 : 0;
  return lines.slice(0, line - 1).join("").length + mark + column - 1;
}
