import { adviseName } from "../fix/offer.ts";
import { rule } from "./rule.ts";

/** E005: freshness is compared with a moment. */
export const freshnessParameter = rule("E005", {
  expectation({ body }, { pipeline }, report) {
    if (body.kind !== "freshness" || body.of === undefined || !pipeline.extras.hasAllParams) return;
    const { value, at } = body.of;
    const moments = pipeline.extras.params.filter(({ type }) => type === "date" || type === "timestamp");
    const names = moments.map(({ name }) => name.value);
    if (names.includes(value)) return;
    report({
      at,
      message: `freshness is compared with \`${value}\`, which is not a parameter of type date or timestamp`,
      ...adviseName(body.of, names, "parameter", "omit `of` to compare with the clock"),
    });
  },
});
