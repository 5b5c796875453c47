import { rule } from "./rule.ts";

/** W001: nothing would come of them. */
export const settingsWithoutTarget = rule("W001", {
  dataset({ name, node, publish }, report) {
    // A target that could not be read has its own diagnostic.
    if (node.entries.some(({ key }) => key.value === "s3_target")) return;
    for (const { value, at } of publish.written)
      report({
        at,
        message: `dataset \`${name.value}\` has \`${value}\`, but no \`s3_target\``,
        help: "add a target, or remove the key: without a target nothing is written or checked",
      });
  },
});
