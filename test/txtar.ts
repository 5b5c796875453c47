/**
 * Go's `txtar` archives (golang.org/x/tools/txtar): a comment, then sections, each below a line `-- name --`. There is no
 * package for Node; the format is these few lines.
 *
 * Go's form holds only texts that end with a newline. What cannot be written so is marked by a word in brackets after the
 * name: `(bytes)`, the body is percent-encoded, and its own newlines do not count; other words are their readers'.
 */

/** One section. */
export interface Section {
  readonly name: string;
  /** What is in brackets after the name, or "". */
  readonly kind: string;
  /** Text as it is in the archive: empty, or with a newline at its end. */
  readonly body: string;
}

/** An archive. */
export interface Archive {
  /** What is above the first section. */
  readonly comment: string;
  readonly sections: readonly Section[];
}

const MARKER = /^-- (.+?)(?: \((\w+)\))? --$/;

/** Reads an archive; every text is one. */
export function parseArchive(text: string): Archive {
  const parts = [{ name: "", kind: "", body: "" }];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const [, name, kind = ""] = MARKER.exec(line) ?? [];
    if (name === undefined) (parts.at(-1) as { body: string }).body += `${line}\n`;
    else parts.push({ name, kind, body: "" });
  }
  const [{ body: comment } = { body: "" }, ...sections] = parts;
  return { comment, sections };
}

/** The text of an archive. */
export function formatArchive({ comment, sections }: Archive): string {
  const marker = ({ name, kind }: Section) => `-- ${kind === "" ? name : `${name} (${kind})`} --\n`;
  return comment + sections.map((section) => marker(section) + section.body).join("");
}

/** The content of the file that a section is. */
export function contentOf({ kind, body }: Section): Buffer {
  if (kind !== "bytes") return Buffer.from(body);
  const parts = body.replaceAll("\n", "").split(/%([0-9A-Fa-f]{2})/);
  return Buffer.concat(parts.map((part, index) => Buffer.from(part, index % 2 === 1 ? "hex" : "utf8")));
}
