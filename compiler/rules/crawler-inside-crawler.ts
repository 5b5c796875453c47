import { ancestors } from "../resolve/locations.ts";
import { rule } from "./rule.ts";

/** C018: two crawlers over one folder make each table twice, and undo each other's changes. */
export const crawlerInsideCrawler = rule("C018", {
  pipeline({ crawlers }, report) {
    const byLocation = Map.groupBy(crawlers, ({ location }) => location.location);
    for (const inner of crawlers) {
      if (inner.at === undefined) continue;
      const { location } = inner.location;
      const [outer = inner] = [...ancestors(location), location].flatMap((each) => byLocation.get(each) ?? []);
      if (outer === inner) continue;
      report({
        at: inner.at,
        message: `crawler \`${inner.name}\` is inside crawler \`${outer.name}\``,
        help: "remove one of them, or give each a separate folder",
        notes: outer.at ? [{ place: outer.at, message: "the outer crawler" }] : [],
      });
    }
  },
});
