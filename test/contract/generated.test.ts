/** What is made of the contract is made again here, and must be what the repository holds. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { parse } from "yaml";
import { generated } from "../../contract/generate/all.ts";
import { SCHEMAS } from "../../contract/generate/json-schemas.ts";
import { HOME } from "../../setup/node.mjs";

describe("what is made of the contract", () => {
  for (const [path, text] of generated()) {
    it(`${path} is up to date`, () => {
      const found = existsSync(join(HOME, path)) ? readFileSync(join(HOME, path), "utf8") : undefined;
      assert.equal(found, text, "run `npm run contract`");
    });
  }

  it("binds each schema by the name of its files, with no key in the two JSON files", () => {
    const settings = JSON.parse(readFileSync(join(HOME, ".vscode", "settings.json"), "utf8"));
    const bound = [
      ...settings["json.schemas"].map(({ url }: { url: string }) => url),
      ...Object.keys(settings["yaml.schemas"]),
    ];
    assert.sameMembers(
      bound,
      Object.keys(SCHEMAS).map((name) => `./contract/generated/${name}`),
    );
    for (const url of bound) assert.isTrue(existsSync(join(HOME, url)), url);
    for (const name of ["etl_stages.json", "sql_queries.json"])
      assert.notInclude(readFileSync(join(HOME, "pipelines", "bookings", name), "utf8"), "$schema");
  });

  it("names the schema in each pipeline.yaml for other editors", () => {
    for (const path of ["pipelines/bookings/pipeline.yaml", "canary/pipelines/strata-canary/pipeline.yaml"]) {
      const [, schema = ""] =
        /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(join(HOME, path), "utf8")) ?? [];
      assert.equal(join(HOME, path, "..", schema), join(HOME, "contract/generated/pipeline.schema.json"));
    }
  });

  it("gives Pulumi every setting with its type", () => {
    const { config } = parse(readFileSync(join(HOME, "Pulumi.yaml"), "utf8"));
    assert.deepInclude(config["strata:numberOfWorkers"], { type: "integer", default: 2 });
    assert.deepEqual(config["strata:alertEmails"].items, { type: "string" });
  });

  // What `pulumi new` writes must be plain text, so lists are left to the file.
  it("has Pulumi ask for settings of the contract only, with their defaults", () => {
    const { name, config, template } = parse(readFileSync(join(HOME, "Pulumi.yaml"), "utf8"));
    for (const [key, asked] of Object.entries<{ description: string; default: string }>(template.config)) {
      const setting = config[key];
      assert.equal(asked.description, setting?.description, `${name} ${key}`);
      assert.include(["string", "integer"], setting.type, key);
      if (setting.default !== undefined) assert.equal(asked.default, String(setting.default), key);
    }
  });
});
