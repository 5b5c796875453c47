/**
 * Fits sections into a comment: only whole items, the first sections first; every truncated section states how many items
 * it omits. An item is complete Markdown, so no omission leaves a fence or an element open.
 */

/** One section; earlier ones are more important. */
export interface Section {
  readonly title: string;
  /** Complete pieces of Markdown, the most important first. */
  readonly items: readonly string[];
  /** Where to read the omitted items. */
  readonly rest: string;
  /** Collapsed. */
  readonly folded?: boolean;
}

/** GitHub accepts 65,536 characters; this counts bytes, of which there are never fewer. */
export const COMMENT_LIMIT = 65_536;

/** Items of each section that are shown before any section gets more. */
const FIRST_ITEMS = 10;

/** The comment: always `head`, then as many items as fit into `limit` bytes. Sections without items are omitted. */
export function fitSections(head: string, sections: readonly Section[], limit = COMMENT_LIMIT - 1): string {
  const shown = sections.filter(({ items }) => items.length > 0);
  const bare = assemble(
    head,
    shown.map((section) => render(section, 0)),
  );
  let space = limit - bytes(bare);
  const kept = shown.map(() => 0);
  // First a few items of each section, then the rest: two thousand changed datasets must not hide the only warning.
  for (const most of [FIRST_ITEMS, Infinity]) {
    for (const [index, { items }] of shown.entries()) {
      for (const item of items.slice(kept[index], most)) {
        const cost = bytes(item) + 1;
        if (cost > space) break;
        space -= cost;
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

/** The line about omitted items is part of the minimal form, too, so that it always fits. */
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
