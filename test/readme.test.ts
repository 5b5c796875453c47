/** README's examples are what the program prints: `UPDATE_GOLDENS=1` writes them. */

import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { HOME } from "../setup/node.mjs";
import { folderOf, program, removeFolders, strata } from "./cli/strata.ts";

const README = join(HOME, "README.md");
const SQL = join("sql", "bookings", "sql_queries");

/** A preview as `review/preview.ts` leaves it; Pulumi's engine is tested in test/engine. */
const PREVIEW = {
  stack: "dev",
  status: "previewed",
  reason: "",
  steps: [
    {
      op: "update",
      urn: "urn:pulumi:dev::strata::aws:sfn/stateMachine:StateMachine::bookings",
      keys: ["definition"],
    },
  ],
  violations: [],
  errors: [],
};

/** The sample pipeline in a repository of its own, with one edit after the commit. */
async function edited(file: string, from: RegExp, to: string): Promise<string> {
  const root = folderOf({});
  for (const each of ["pipelines", "sql"]) cpSync(join(HOME, each), join(root, each), { recursive: true });
  const git = (...args: string[]) =>
    program("git", ["-C", root, "-c", "user.name=test", "-c", "user.email=test@example.com", ...args]);
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    ["commit", "-qm", "before"],
  ])
    assert.equal((await git(...args)).code, 0);
  const path = join(root, SQL, file);
  const text = readFileSync(path, "utf8");
  assert.match(text, from);
  writeFileSync(path, text.replace(from, to));
  return root;
}

/** Holds the first block of README with this info string to `text`. */
function assertShown(info: string, text: string): void {
  const readme = readFileSync(README, "utf8");
  const block = new RegExp(`(\`\`\`${info}\n)(.*?)(\n\`\`\`\n)`, "s");
  assert.match(readme, block, `README has no \`${info}\` block`);
  const updated = readme.replace(block, (_, open: string, __, close: string) => `${open}${text.trim()}${close}`);
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(README, updated);
  else assert.equal(readme, updated);
}

describe("pages", () => {
  it("name only files that exist", () => {
    const pages = [
      "README.md",
      "CONTRIBUTING.md",
      ...readdirSync(join(HOME, "docs"))
        .filter((name) => name.endsWith(".md"))
        .map((page) => `docs/${page}`),
    ];
    const named = pages.flatMap((page) => {
      const paths = readFileSync(join(HOME, page), "utf8").matchAll(
        /`(\w[\w-]*(?:\/[\w.-]+)+\.(?:ts|mjs|py|json|md))`/g,
      );
      return [...paths].map(([, path = ""]) => ({ page, path }));
    });
    assert.isAbove(named.length, 100);
    // Relative to the root, or to the folder that the page is about; `_strata/` is a target's.
    const isThere = (path: string) =>
      ["", "compiler", "glue/strata_glue"].some((base) => existsSync(join(HOME, base, path)));
    assert.deepEqual(
      named.filter(({ path }) => !path.startsWith("_strata/") && !isThere(path)),
      [],
    );
  });
});

describe("README", function () {
  this.timeout(60_000);
  afterEach(removeFolders);

  it("shows a diagnostic as `strata check` prints it", async () => {
    const root = await edited("fact_flight_status.sql", /flights_bronze/, "fligths_bronze");
    const { stdout } = await strata(["check", "--root", root]);
    assertShown("text", stdout.split("\n\n")[0] ?? "");
  });

  it("draws the sample pipeline as `strata plan --format mermaid` does", async () => {
    assertShown("mermaid", (await strata(["plan", "bookings", "--format", "mermaid"])).stdout);
  });

  it("has the figures of docs/benchmarks.md", () => {
    const page = readFileSync(join(HOME, "docs", "benchmarks.md"), "utf8");
    const figures = /^## Figures\n(.*?)^\[/ms.exec(readFileSync(README, "utf8"))?.[1] ?? "";
    /** The median of three rounds, or the only one; or a ratio. */
    const measured = (row: string) => {
      const [, cells = ""] = page.split(`\n    ${row}  `);
      const [first = "", second] = cells.split(/ s\b|x/)[0]?.split(" / ") ?? [];
      return Number(second ?? first);
    };
    for (const [row, digits, unit] of [
      ["strata check", 1, " s"],
      ["strata run, small, Sail", 1, " s"],
      ["strata run, Sail", 1, " s"],
      ["plain job / ours on Sail", 1, " times"],
      ["20 ms a request: ours", 0, " s"],
      ["20 ms a request: plain job", 0, " s"],
    ] as const)
      assert.include(figures, ` ${measured(row).toFixed(digits)}${unit}`, row);
    assert.closeTo(1 / measured("ours on Sail / DuckDB"), 2 / 3, 0.05);
    assert.include(figures, "two thirds");
  });

  it("shows a pull request's comment as the workflows write it", async () => {
    const root = await edited("dim_flight_route.sql", /^FROM .*$/m, "$&\nWHERE status <> 'Cancelled'");
    const results = join(root, "results");
    const review = (...args: string[]) => program(process.execPath, [join(HOME, "review", "main.ts"), ...args]);
    assert.equal((await review("collect", "--base", "HEAD", "--root", root, "--out", results)).code, 0);
    writeFileSync(join(results, "preview-dev.json"), JSON.stringify(PREVIEW));
    const { stdout } = await review("comment", "--in", results, "--stacks", "dev");
    assertShown("markdown", stdout.replace(/^<!--.*-->\n/, ""));
  });
});
