/**
 * Fits sections into a comment: whole items only, the first sections first, and every section that loses items says
 * how many. An item is complete Markdown by itself, so whatever is left out, no fence and no element stays open.
 */

/** One section; earlier ones are more important. */
export interface Section {
  readonly title: string;
  /** Complete pieces of Markdown, the most important first. */
  readonly items: readonly string[];
  /** Where what was cut can be read. */
  readonly rest: string;
  /** Shown folded. */
  readonly folded?: boolean;
}

/** GitHub takes 65,536 characters; bytes are counted, of which there are never fewer than characters. */
export const COMMENT_LIMIT = 65_536;

/** How many items of each section come before any section gets more. */
const FIRST_ITEMS = 10;

/** The comment: `head` always, then as many items as `limit` bytes have room for. Sections without items are left out. */
export function fitSections(head: string, sections: readonly Section[], limit = COMMENT_LIMIT - 1): string {
  const shown = sections.filter(({ items }) => items.length > 0);
  const bare = assemble(
    head,
    shown.map((section) => render(section, 0)),
  );
  let room = limit - bytes(bare);
  const kept = shown.map(() => 0);
  // Each section's first items, then the rest: two thousand changed datasets must not hide the only warning.
  for (const most of [FIRST_ITEMS, Infinity]) {
    for (const [index, { items }] of shown.entries()) {
      for (const item of items.slice(kept[index], most)) {
        const cost = bytes(item) + 1;
        if (cost > room) break;
        room -= cost;
        kept[index] = (kept[index] ?? 0) + 1;
      }
    }
  }
  const parts = shown.map((section, index) => render(section, kept[index] ?? 0));
  return assemble(head, parts);
}

function assemble(head: string, parts: readonly string[]): string {
  return `${[head, ...parts].join("\n\n")}\n`;
}

/** The line about what is cut is part of the bare form, too, so that there is always room for it. */
function render({ title, items, rest, folded }: Section, kept: number): string {
  const left = items.length - kept;
  const more = left === 0 ? [] : [`- … and ${left.toLocaleString("en")} more: ${rest}`];
  const body = [...items.slice(0, kept), ...more].join("\n");
  const heading = `${title} (${items.length.toLocaleString("en")})`;
  return folded === true
    ? `<details><summary>${heading}</summary>\n\n${body}\n\n</details>`
    : `### ${heading}\n\n${body}`;
}

function bytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
