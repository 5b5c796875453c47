/** Files of settings → their `config`, each entry with its place; or the one diagnostic that says why there is none. */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Code } from "../compiler/codes.ts";
import { diagnostic, type Place } from "../compiler/diagnostics.ts";
import { nearest } from "../compiler/nearest.ts";
import { reportUnreadable, textOfBytes, whyNoText, whyUnreadable } from "../compiler/parse/bytes.ts";
import type { Collect } from "../compiler/parse/collect.ts";
import { locate } from "../compiler/parse/text.ts";
import { describeNode, type Entry, member, type ObjectNode } from "../compiler/parse/tree.ts";
import { readYaml } from "../compiler/parse/yaml.ts";

/** What the keys of Strata's settings begin with. */
export const NAMESPACE = "strata:";

/** Reads and keeps files of one folder; mistakes go to `collect`. */
export class SettingsFiles {
  readonly texts = new Map<string, string>();
  readonly #home: string;
  readonly #collect: Collect;

  constructor(home: string, collect: Collect) {
    this.#home = home;
    this.#collect = collect;
  }

  /** The file's content, which is an object. `broken` comes with a diagnostic, `missing` without one. */
  read(file: string): ObjectNode | "missing" | "broken" {
    let bytes: Uint8Array;
    try {
      const path = join(this.#home, file);
      const why = whyNoText(statSync(path));
      if (why !== undefined) {
        reportUnreadable(file, why, this.#collect);
        return "broken";
      }
      bytes = readFileSync(path);
    } catch (problem) {
      // No file has a name that is too long for one.
      if (["ENOENT", "ENAMETOOLONG"].includes((problem as NodeJS.ErrnoException).code ?? "")) return "missing";
      reportUnreadable(file, whyUnreadable(problem), this.#collect);
      return "broken";
    }
    const text = textOfBytes(file, bytes, this.#collect);
    if (text === undefined) return "broken";
    this.texts.set(file, text);
    let isBroken = false;
    const collect: Collect = (each) => {
      // Of a key that is there twice the rest of the file is still known.
      isBroken ||= each.code !== "S003";
      this.#collect(each);
    };
    const root = readYaml(locate(file, text), collect, { aliases: true });
    if (root !== undefined && root.kind !== "object")
      this.#refuse("C001", root.at, `\`${file}\` is ${describeNode(root)}`);
    return root?.kind === "object" && !isBroken ? root : "broken";
  }

  /** The entries of a file's `config`; undefined where there is a mistake about it. */
  config(root: ObjectNode, file: string): readonly Entry[] | undefined {
    const outside = root.entries.find(({ key }) => key.value.startsWith(NAMESPACE));
    if (outside !== undefined) {
      this.#refuse("D002", outside.key.at, `\`${outside.key.value}\` is outside of \`config\``);
      return undefined;
    }
    const config = member(root, "config");
    if (config === undefined) {
      const misspelt = root.entries.find(({ key }) => nearest(key.value, ["config"]) !== undefined);
      if (misspelt)
        this.#refuse("D002", misspelt.key.at, `\`${file}\` has \`${misspelt.key.value}\` instead of \`config\``);
      return misspelt ? undefined : [];
    }
    if (config.kind === "object") return config.entries;
    if (config.kind === "scalar" && config.value === null) return [];
    this.#refuse("C001", config.at, `\`config\` is ${describeNode(config)}`);
    return undefined;
  }

  #refuse(code: Code, at: Place, message: string): void {
    const help = "write `config:` with one setting a line below it, for example `  strata:region: eu-central-1`";
    this.#collect(diagnostic({ code, at, message, help }));
  }
}
