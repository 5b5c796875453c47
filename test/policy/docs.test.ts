/** docs/policies.md, held against the pack. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { RULES } from "../../policy/rules/all.ts";
import { WAIVER_POLICIES } from "../../policy/waiver-policies.ts";
import { WIDE } from "../../policy/wide-actions.ts";
import { HOME } from "../../setup/node.mjs";

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

/** The rows of the table that begins with a line. */
function rowsBelow(header: string): string[] {
  const lines = readFileSync(join(HOME, "docs", "policies.md"), "utf8").split("\n");
  const start = lines.indexOf(header) + 2;
  assert.isAbove(start, 1, header);
  return lines.slice(
    start,
    lines.findIndex((line, index) => index >= start && !line.startsWith("|")),
  );
}

describe("docs/policies.md", () => {
  it("lists exactly the policies that there are, with level, ids and meaning", () => {
    const rules = RULES.map(
      ({ name, level, covers, says }) =>
        `| \`${name}\` | ${level} | ${covers.length === 0 ? "–" : covers.join(", ")} | ${says} |`,
    );
    const waivers = Object.entries(WAIVER_POLICIES).map(
      ([name, { level, says }]) => `| \`${name}\` | ${level} | – | ${says} |`,
    );
    assert.deepEqual(rowsBelow("| policy | level | ids | rule |"), [...rules, ...waivers]);
  });

  it("lists exactly the actions that may stand beside `*`, with the reasons", () => {
    assert.deepEqual(
      rowsBelow("| actions | resources | why |"),
      WIDE.map(({ actions, resources = ["*"], reason }) => `| ${code(actions)} | ${code(resources)} | ${reason} |`),
    );
  });

  it("claims no id as left out that a policy covers", () => {
    const ids = rowsBelow("| id | why |").flatMap((row) => row.split("|")[1]?.match(/[A-Z][\w-]+\d/g) ?? []);
    assert.isNotEmpty(ids);
    const covered = RULES.flatMap(({ covers }) => covers);
    assert.deepEqual(
      ids.filter((id) => covered.includes(id)),
      [],
    );
  });
});
