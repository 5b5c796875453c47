/** `strata check` of settings files: one message a mistake, with its place, in one process for many stacks. */

import { assert } from "chai";
import { runStack } from "../components/stack.ts";
import { folderOf, removeFolders, SHOP, strata } from "./strata.ts";

const REGION = "config:\n  strata:region: eu-central-1\n";
const NO_BUCKETS = `${REGION}  strata:allowedAccountIds: ["123456789012"]\n`;
const RIGHT = `${NO_BUCKETS}  strata:buckets: { lake: {} }\n`;

/** A stack's settings → codes and places that `check` gives of them. */
const STACKS: Readonly<Record<string, readonly [text: string | Uint8Array, ...found: string[]]>> = {
  right: [RIGHT],
  "byte-order-mark": [`\uFEFF${RIGHT}`],
  "carriage-returns": [`${RIGHT}  strata:foo: 1\n`.replaceAll("\n", "\r\n"), "D002 5:3"],
  "all-at-once": [`${NO_BUCKETS}  strata:foo: 1\n  strata:logRetentionDays: 15\n`, "D006 1:1", "D002 4:3", "D003 5:28"],
  "misspelt-setting": [`${NO_BUCKETS}  strata:bucket: { lake: {} }\n`, "D002 4:3"],
  "not-a-number": [`${RIGHT}  strata:logRetentionDays: many\n`, "D003 5:28"],
  "list-for-object": [`${RIGHT}  strata:tags: [a]\n`, "D003 5:16"],
  "bucket-name": [`${NO_BUCKETS}  strata:buckets:\n    lake: { name: My_Bucket }\n`, "D003 5:19"],
  "other-namespaces": [`${RIGHT}  aws:profile: dev\n  aws-native:region: eu-central-1\n`],
  "misspelt-required": [RIGHT.replace("region", "regoin"), "D002 2:3"],
  "misspelt-bucket": [`${NO_BUCKETS}  strata:buckets: { lak: {} }\n`, "D006 1:1"],
  "buckets-scalar": [`${NO_BUCKETS}  strata:buckets: lake\n`, "D003 4:19"],
  "buckets-null": [`${NO_BUCKETS}  strata:buckets: ~\n`, "D003 4:19"],
  "buckets-secret": [`${NO_BUCKETS}  strata:buckets: { lake: { name: { secure: v1:x } } }\n`, "D004 4:19"],
  "one-name": [
    `${NO_BUCKETS}  strata:buckets: { lake: { name: my-bucket }, b: { name: my-bucket } }
`,
    "D007 1:1",
  ],
  "shared-first": [`${NO_BUCKETS}  strata:buckets: { lake: { name: one-bucket } }\n`],
  "shared-later": [
    `${NO_BUCKETS}  strata:buckets: { lake: { name: one-bucket } }\n  strata:foo: 1\n`,
    "D009 1:1",
    "D002 5:3",
  ],
  stages: [
    `${RIGHT}  strata:stages: { golt: {}, shop/golt: {}, shpo/gold: {}, gold: {}, shop/gold: {} }\n`,
    "D008 1:1",
    "D008 1:1",
    "D008 1:1",
  ],
  pipelines: [`${RIGHT}  strata:pipelines: [shpo]\n`, "D008 1:1"],
  empty: ["", "D005 1:1", "D005 1:1", "D006 1:1"],
  "other-keys": ["encryptionsalt: v1:abc\n", "D005 1:1", "D005 1:1", "D006 1:1"],
  "no-values": [
    "config:\n  strata:region:\n  strata:allowedAccountIds:\n  strata:buckets:\n",
    "D003 2:17",
    "D003 3:28",
    "D003 4:18",
  ],
  "broken-yaml": [`${RIGHT}  strata:tags: { a\n`, "S002 6:1"],
  tabs: ["config:\n\tstrata:region: x\n", "S002 2:1"],
  "two-documents": [`${RIGHT}---\n${RIGHT}`, "S002 5:1"],
  latin1: [Buffer.from(`${RIGHT}# é\n`, "latin1"), "S004 5:3"],
  utf16: [Buffer.from(RIGHT, "utf16le"), "S004 1:1"],
  list: ["- a\n", "C001 1:1"],
  scalar: ["a\n", "C001 1:1"],
  confg: [RIGHT.replace("config", "confg"), "D002 1:1"],
  outside: [RIGHT.replace("config:\n", "").replaceAll("  strata", "strata"), "D002 1:1"],
  "config-scalar": ["config: a\n", "C001 1:9"],
  "config-list": ["config:\n  - strata:region: x\n", "C001 2:3"],
  duplicate: [`${RIGHT}  strata:region: eu-west-1\n`, "S003 5:3"],
  secret: [RIGHT.replace("eu-central-1", "{ secure: v1:x }"), "D004 2:18"],
  // As Pulumi reads them: `on` is text, 0x10 is 16, 6.0 is 6, a number with a 0 in front is octal or decimal.
  types: [
    `${RIGHT}  strata:deletableData: on\n  strata:numberOfWorkers: 0x10\n  strata:timeoutMinutes: 017\n  strata:glueVersion: 6.0\n  strata:lakeFormation: True\n  strata:concurrency: '4'\n  strata:alertEmails: [a@b.c, nonsense, 5]\n`,
    "D003 5:25",
    "D003 7:26",
    "D003 8:23",
    "D003 11:31",
    "D003 11:41",
  ],
  "account-ids": [
    `${REGION}  strata:allowedAccountIds: [012345678901, 111111111111]\n  strata:buckets: { lake: {} }\n`,
    "D003 3:30",
  ],
  anchors: [
    `ids: &ids ["123456789012"]\n${REGION}  strata:allowedAccountIds: *ids\n  strata:buckets: { <<: { lake: {} }, more: {} }\n`,
  ],
  "no-anchor": [`${RIGHT}  strata:tags: *nope\n`, "S002 5:16"],
  "anchor-in-itself": [`${RIGHT}  strata:tags: &t { a: *t }\n`, "S005 5:24"],
  // More than the stack of `yaml` lasts for.
  deep: [`a:\n${" [\n".repeat(20_000)} ${"]".repeat(20_000)}\n${RIGHT}`, "S005 66:2"],
  "many-aliases": [
    `a: &a [${"x,".repeat(9)}]\nb: &b [${"*a,".repeat(9)}]\nc: &c [${"*b,".repeat(9)}]\nd: [${"*c,".repeat(9)}]\n${RIGHT}`,
    "S002 4:5",
  ],
};

/** Files that Pulumi never reads. */
const UNREAD = ["Pulumi.my stack.yaml", "Pulumi.größe.yaml", "Pulumi..yaml", "Pulumi.dev.yml", "pulumi.dev.yaml"];

interface Found {
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

async function check(root: string, ...args: string[]): Promise<readonly Found[]> {
  const { stdout, stderr } = await strata(["check", "--root", root, "--format", "json", ...args]);
  assert.notMatch(stderr, /^\s+at /m, "no stack trace");
  return (JSON.parse(stdout) as { diagnostics: Found[] }).diagnostics;
}

const placesOf = (found: readonly Found[], file: string) =>
  found.filter((each) => each.file === file).map(({ code, line, column }) => `${code} ${line}:${column}`);

describe("strata check, of settings files", () => {
  let found: readonly Found[];

  before(async () => {
    const files = Object.entries(STACKS).map(([stack, [text]]) => [`Pulumi.${stack}.yaml`, text] as const);
    const unread = UNREAD.map((name) => [name, RIGHT] as const);
    found = await check(
      folderOf({
        ...SHOP,
        "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
        "Pulumi.folder.yaml/x": "",
        ...Object.fromEntries([...files, ...unread]),
      }),
    );
    removeFolders();
  });

  afterEach(removeFolders);

  for (const [stack, [, ...expected]] of Object.entries(STACKS))
    it(stack, () => assert.deepEqual(placesOf(found, `Pulumi.${stack}.yaml`), expected));

  it("reports a folder in a file's place, and names that are not a stack's", () => {
    assert.deepEqual(placesOf(found, "Pulumi.folder.yaml"), ["S004 1:1"]);
    for (const name of UNREAD) assert.deepEqual(placesOf(found, name), ["D012 1:1"], name);
  });

  it("suggests what is meant", () => {
    const helps = found.map(({ file, help }) => `${file} ${help}`).join("\n");
    for (const part of [
      "Pulumi.misspelt-bucket.yaml did you mean `lak` in `strata:buckets`?",
      "Pulumi.stages.yaml did you mean `gold`?",
      "Pulumi.stages.yaml did you mean `shop`?",
      "Pulumi.types.yaml write one of 6.0, 5.1; in quotes, since YAML reads the number 6",
    ])
      assert.include(helps, part);
  });

  it("takes keys without namespace in a project called strata, and defaults of Pulumi.yaml", async () => {
    const project = "name: strata\nruntime: nodejs\nconfig:\n  strata:region: { type: string, default: eu-west-1 }\n";
    const dev = 'config:\n  allowedAccountIds: ["123456789012"]\n  strata:config:buckets: { lake: {} }\n  foo: 1\n';
    const all = await check(folderOf({ ...SHOP, "Pulumi.yaml": project, "Pulumi.dev.yaml": dev }));
    assert.deepEqual(placesOf(all, "Pulumi.dev.yaml"), ["D002 4:3"]);
    assert.lengthOf(all, 1);
  });

  it("says one thing of a broken Pulumi.yaml, with and without stacks", async () => {
    const broken = { ...SHOP, "Pulumi.yaml": "name: [\n" };
    for (const root of [folderOf(broken), folderOf({ ...broken, "Pulumi.dev.yaml": "config: {}\n" })]) {
      const all = await check(root);
      assert.deepEqual(placesOf(all, "Pulumi.yaml"), ["S002 2:1"]);
      assert.lengthOf(all, 1);
    }
  });

  it("gives every D code but the one of an earlier deployment", async () => {
    const canary = Object.entries(SHOP).map(([path, text]) => [
      path.replace("pipelines/shop", "pipelines/strata-canary"),
      text,
    ]);
    const root = folderOf({ ...Object.fromEntries(canary), "Pulumi.dev.yaml": `${RIGHT}  strata:canary: true\n` });
    const gone = await check(root, "--stack", "gone");
    assert.lengthOf(gone, 1, "of no other stack");
    const codes = new Set([...found, ...(await check(root)), ...gone].map(({ code }) => code));
    const shown = "D001 D002 D003 D004 D005 D006 D007 D008 D009 D011 D012".split(" ");
    assert.sameMembers(
      [...codes].filter((code) => code.startsWith("D")),
      shown,
    );
  });

  it("reports SQL that only Spark 4 reads in a stage on Glue 5.1", async () => {
    const root = folderOf({
      ...SHOP,
      "sql/shop/orders.sql": "SELECT id,\n  amount::int AS amount FROM orders_raw\n",
      "sql/shop/totals.sql": "FROM orders_bronze |> AGGREGATE sum(amount) AS total\n",
      "Pulumi.new.yaml": RIGHT,
      "Pulumi.old.yaml": `${RIGHT}  strata:stages: { bronze: { glueVersion: "5.1" } }\n`,
    });
    const reported = (await check(root)).filter(({ code }) => code === "D013");
    assert.deepEqual(
      reported.map(({ file, line, column }) => [file, line, column]),
      [["sql/shop/orders.sql", 2, 9]],
    );
    assert.match(reported[0]?.message ?? "", /`a::type`.*stack `old` runs stage `bronze`/);
    assert.match(reported[0]?.help ?? "", /CAST.*"6\.0"/);
  });

  it("says what preview says, all at once", async function () {
    this.timeout(120_000);
    const settings = {
      region: "eu-central-1",
      allowedAccountIds: ["123456789012"],
      foo: 1,
      logRetentionDays: 15,
      stages: { golt: {} },
    };
    const file = `config:\n${Object.entries(settings)
      .map(([key, value]) => `  strata:${key}: ${JSON.stringify(value)}\n`)
      .join("")}`;
    const root = folderOf({ ...SHOP, "Pulumi.dev.yaml": file });
    const checked = (await check(root)).map(({ code, message }) => `error[${code}]: ${message}`);
    const { error } = await runStack(root, "dev", settings);
    const previewed = [...(error ?? "").matchAll(/^error\[.*$/gm)].map(([line]) => line);
    assert.lengthOf(checked, 4);
    assert.sameMembers(previewed, checked);
  });
});
