/** The policy pack: `pulumi preview --policy-pack policy`. Constructing a `PolicyPack` starts its server, so only this file does. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { policiesOf } from "./pack.ts";
import { RULES } from "./rules/all.ts";

new PolicyPack("strata", {
  enforcementLevel: "mandatory",
  policies: policiesOf({
    rules: RULES,
    waivers: JSON.parse(readFileSync(join(import.meta.dirname, "waivers.json"), "utf8")) as unknown,
    today: new Date().toISOString().slice(0, 10),
  }),
});
