/** What a scratch lake of `strata parity` holds before a run: no engine is needed. */

import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { fillScratch, withScratch } from "../../local/parity/lakes.ts";
import { UserError } from "../../local/user-error.ts";
import { folderOf, removeFolders } from "../cli/strata.ts";
import { planIn } from "../local/runs.ts";

const entry = (name: string, reads: string, target: string, strata?: object) => ({
  [name]: {
    sql_name: name,
    sql_file: "p/a.sql",
    tables: [{ table_name: "t", s3_path: `s3://b/${reads}` }],
    s3_target: `s3://b/${target}`,
    ...(strata && { strata }),
  },
});

/** A pipeline in which folders lie in each other, and every kind of target is there. */
const ROOT = {
  "pipelines/p/etl_stages.json": JSON.stringify({ one: ["plain", "adds", "table"], two: ["after", "of_table", "all"] }),
  "pipelines/p/sql_queries.json": JSON.stringify({
    ...entry("plain", "raw/", "out/plain/"),
    ...entry("adds", "raw/deep/", "out/adds/", { write: "replace_partitions", partition_by: ["id"] }),
    ...entry("table", "raw/", "out/table/", { format: "iceberg" }),
    ...entry("after", "out/plain/", "out/after/"),
    ...entry("of_table", "out/table/", "out/of_table/"),
    ...entry("all", "out/", "all/"),
  }),
  "sql/p/a.sql": "SELECT id, name FROM t\n",
};

const LAKE = Object.fromEntries(
  ["raw/a", "raw/deep/a", "out/a", "out/plain/a", "out/adds/a", "out/table/metadata/v1", "out/after/a"].map((path) => [
    `lake/b/${path}.parquet`,
    path,
  ]),
);

describe("scratch lake of strata parity", () => {
  let root: string;
  beforeEach(() => (root = folderOf({ ...ROOT, ...LAKE })));
  afterEach(removeFolders);

  async function filled(selected: readonly string[], look: (at: (path: string) => string) => void): Promise<void> {
    const plan = await planIn(root);
    await withScratch(async (scratch) => {
      await fillScratch(scratch, join(root, "lake"), plan, new Set(selected));
      look((path) => join(scratch, "b", path));
    });
  }
  const isLink = (path: string) => lstatSync(path).isSymbolicLink();

  it("links what is only read, each folder once", () =>
    filled(["plain", "adds"], (at) => {
      assert.isTrue(isLink(at("raw")));
      assert.isTrue(existsSync(at("raw/deep/a.parquet")));
      assert.isFalse(existsSync(at("out/plain")));
    }));

  it("links the targets of datasets that are left out", () =>
    filled(["after"], (at) => {
      assert.isTrue(isLink(at("out/plain")));
      assert.equal(readFileSync(at("out/plain/a.parquet"), "utf8"), "out/plain/a");
    }));

  it("copies a target that keeps its rows, and what encloses a target", async () => {
    const change = (at: (path: string) => string, path: string) => {
      assert.equal(readFileSync(at(path), "utf8"), path.replace(".parquet", ""));
      writeFileSync(at(path), "changed");
      assert.equal(readFileSync(join(root, "lake", "b", path), "utf8"), path.replace(".parquet", ""));
    };
    await filled(["adds"], (at) => change(at, "out/adds/a.parquet"));
    await filled(["plain", "all"], (at) => change(at, "out/a.parquet"));
  });

  it("refuses an Iceberg table that the comparison does not write", () =>
    filled(["of_table"], () => assert.fail("an Iceberg table cannot be linked")).catch((problem: unknown) => {
      assert.instanceOf(problem, UserError);
      assert.match((problem as UserError).message, /`of_table` reads the Iceberg table `s3:\/\/b\/out\/table\/`/);
    }));

  it("is gone after success and failure, and no other user may read it", async () => {
    let folder = "";
    const failed = await withScratch(async (scratch) => {
      folder = scratch;
      assert.equal(lstatSync(scratch).mode & 0o077, 0);
      writeFileSync(join(scratch, "a"), "");
      throw new Error("failed");
    }).catch((problem: Error) => problem.message);
    assert.equal(failed, "failed");
    assert.isFalse(existsSync(folder));
  });

  it("is in no folder whose path engines read as a pattern", async () => {
    const { TMPDIR } = process.env;
    const odd = join(folderOf({ "a[b]/x": "" }), "a[b]");
    process.env.TMPDIR = odd;
    try {
      await withScratch(() => assert.fail("called"));
    } catch (problem) {
      assert.match((problem as Error).message, /^the path of the temporary lake `.*` contains `\[`/);
      assert.equal((problem as UserError).help, "set TMPDIR to another folder");
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    assert.deepEqual(readdirSync(odd), ["x"]);
  });
});
