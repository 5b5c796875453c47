/**
 * Finds the parts of a pipeline in a foreign layout: the two JSON files anywhere in the folder (`config/`, beside each
 * other), the SQL files where `sql_file` says, seen from any folder (a copy of an S3 code root, a repository, the
 * pipeline's own folder).
 */

import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import { sqlKey } from "../compiler/resolve/sql-files.ts";

/** The files with their destinations, relative to the root; `<pipeline>` is a placeholder for the name. */
export interface Foreign {
  /** Suggested name: the first folder of the SQL files, else the source folder's. */
  readonly name: string;
  readonly files: readonly { readonly from: string; readonly to: string }[];
  /** `sql_file`s without a file; `check` reports them at their line. */
  readonly missing: readonly string[];
  /** Links in the source, relative to it; they are not followed. */
  readonly links: readonly string[];
}

/** Folders that never contain a pipeline. */
const SKIPPED = new Set(["node_modules", ".git", ".venv", ".strata"]);

/** Searches a folder. */
export async function findForeign(
  source: string,
): Promise<Foreign | { readonly problem: string; readonly help: string }> {
  const found = await walk(source, source);
  const files = found.filter(({ isLink }) => !isLink).map(({ path }) => path);
  const links = found.filter(({ isLink }) => isLink).map(({ path }) => path);
  const pairs = pairsOf(files);
  const [pair] = pairs;
  if (pair === undefined || pairs.length > 1) {
    const problem =
      pair === undefined
        ? `\`${source}\` holds no \`etl_stages.json\` with \`sql_queries.json\` beside it`
        : `\`${source}\` holds ${pairs.length} pipelines: ${pairs.join(", ")}`;
    const help = "name the folder of one pipeline";
    return { problem, help: pair === undefined && links.length > 0 ? `${help}; ${notFollowed(links)}` : help };
  }
  const wanted = await sqlFilesOf(join(source, pair, "sql_queries.json"));
  const sql = files.filter((file) => file.toLowerCase().endsWith(".sql"));
  const matched = wanted.map((key) => ({ key, file: bestMatch(key, sql) }));
  const copies = new Map<string, string>(
    matched.flatMap(({ key, file }) => (file === undefined ? [] : [[`sql/${key}`, file] as const])),
  );
  // Copies the other SQL files of these folders too, so that nothing is lost and `check` can report the orphans.
  const folders = new Map([...copies].map(([to, from]) => [dirname(from), dirname(to)]));
  for (const file of sql) {
    const to = folders.get(dirname(file));
    if (to !== undefined) copies.set(`${to}/${basename(file)}`, file);
  }
  for (const name of ["etl_stages.json", "sql_queries.json", "pipeline.yaml"]) {
    const path = pair === "" ? name : `${pair}/${name}`;
    if (files.includes(path)) copies.set(`pipelines/<pipeline>/${name}`, path);
  }
  return {
    name: wanted.find((key) => key.includes("/"))?.split("/")[0] ?? basename(source),
    files: [...copies].map(([to, from]) => ({ from: join(source, from), to })).sort((a, b) => (a.to < b.to ? -1 : 1)),
    missing: matched.flatMap(({ key, file }) => (file === undefined ? [key] : [])),
    links,
  };
}

/** Most links that are named. */
const MOST_LINKS = 3;

/** Why the target of a link was not found, and the remedy. */
export function notFollowed(links: readonly string[]): string {
  const named = links.slice(0, MOST_LINKS).map((link) => `\`${link}\``);
  const more = links.length > MOST_LINKS ? ", …" : "";
  return `links are not followed (${named.join(", ")}${more}): replace them with their targets`;
}

interface Found {
  /** Relative to the source, with `/`. */
  readonly path: string;
  readonly isLink: boolean;
}

/** Files and links. */
async function walk(folder: string, source: string): Promise<Found[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(path, source);
      // A link may lead outside the source, to a file that must not be copied.
      if (!entry.isFile() && !entry.isSymbolicLink()) return [];
      return [{ path: relative(source, path).split(sep).join("/"), isLink: entry.isSymbolicLink() }];
    }),
  );
  return found.flat().sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Folders that contain both JSON files, relative to the source. */
function pairsOf(files: readonly string[]): string[] {
  const folders = files
    .filter((file) => basename(file) === "etl_stages.json")
    .map((file) => (dirname(file) === "." ? "" : dirname(file)));
  return folders.filter((folder) => files.includes(folder === "" ? "sql_queries.json" : `${folder}/sql_queries.json`));
}

async function sqlFilesOf(path: string): Promise<string[]> {
  const root = parseTree(await readFile(path, "utf8"));
  const files = (root?.children ?? []).flatMap((property: Node) => {
    const dataset = property.children?.[1];
    const value = dataset && findNodeAtLocation(dataset, ["sql_file"])?.value;
    return typeof value === "string" ? (sqlKey(value) ?? []) : [];
  });
  return [...new Set(files)];
}

/** The file whose path shares the longest suffix with the wanted one, at least its name; of equals, the shortest path. */
function bestMatch(key: string, files: readonly string[]): string | undefined {
  const shared = (file: string) => {
    const [a, b] = [key.split("/").reverse(), file.split("/").reverse()];
    const differing = a.findIndex((segment, index) => segment !== b[index]);
    return differing < 0 ? a.length : differing;
  };
  return files.filter((file) => shared(file) > 0).sort((a, b) => shared(b) - shared(a) || a.length - b.length)[0];
}
