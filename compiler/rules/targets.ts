import { liesInside, tableName } from "../read/location.ts";
import { isIceberg } from "../resolve/iceberg.ts";
import { ancestors } from "../resolve/target-index.ts";
import { type Report, type Rule, type StagedTarget, stagedTargets } from "../resolve/world.ts";
import { crawlersOf } from "./crawlers.ts";

/** G001: the second writer destroys what the first one wrote, in every run. */
export const sameTarget: Rule = {
  code: "G001",
  check(world, report) {
    const first = new Map<string, StagedTarget>();
    for (const each of stagedTargets(world.pipelines)) {
      const earlier = first.get(each.target.value.location);
      if (earlier === undefined) {
        first.set(each.target.value.location, each);
        continue;
      }
      reportPair("G001", each, earlier, report, {
        message: `${nameOf(each, earlier)} and ${nameOf(earlier, each)} write the same target`,
        note: `target of ${nameOf(earlier, each)}`,
        help: `give each dataset a folder of its own, for example \`…/${each.dataset.name.value}/\``,
      });
    }
  },
};

/** G002: replacing the outer target would take the inner one with it. */
export const nestedTargets: Rule = {
  code: "G002",
  check(world, report) {
    const targets = stagedTargets(world.pipelines);
    const byLocation = new Map(targets.map((each) => [each.target.value.location, each]));
    for (const inner of targets) {
      for (const ancestor of ancestors(inner.target.value.location)) {
        const outer = byLocation.get(ancestor);
        if (outer === undefined || !liesInside(inner.target.value, outer.target.value)) continue;
        reportPair("G002", inner, outer, report, {
          message: `the target of ${nameOf(inner, outer)} lies inside the target of ${nameOf(outer, inner)}`,
          note: "the outer target, replaced as a whole by each run",
          help: `give each dataset a folder of its own, side by side: \`…/${inner.dataset.name.value}/\``,
        });
      }
    }
  },
};

/** G003: of two tables with one name in a database the second overwrites the first one's entry. */
export const sameTableName: Rule = {
  code: "G003",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      const crawled = new Set(
        crawlersOf(pipeline, world).flatMap((crawler) => crawler.datasets.map((each) => each.name.value)),
      );
      const first = new Map<string, StagedTarget>();
      const isEntered = ({ dataset }: StagedTarget) => crawled.has(dataset.name.value) || isIceberg(dataset);
      for (const each of stagedTargets([pipeline]).filter(isEntered)) {
        const table = tableName(each.target.value);
        const earlier = first.get(table);
        if (earlier === undefined) first.set(table, each);
        else if (earlier.target.value.location !== each.target.value.location) {
          reportPair("G003", each, earlier, report, {
            message: `${nameOf(each, earlier)} and ${nameOf(earlier, each)} both make a table \`${table}\``,
            note: `the table of ${nameOf(earlier, each)}`,
            help: "a table has the name of its target's last folder, in lower case and with `_` for other characters; rename one of the folders",
          });
        }
      }
    }
  },
};

/** G008: legal, since each pipeline has a database of its own, but a query that forgets the database reads the wrong one. */
export const sameTableNameElsewhere: Rule = {
  code: "G008",
  check(world, report) {
    const first = new Map<string, StagedTarget>();
    for (const each of stagedTargets(world.pipelines)) {
      const table = tableName(each.target.value);
      const earlier = first.get(table);
      if (earlier === undefined) first.set(table, each);
      else if (earlier.pipeline !== each.pipeline && earlier.target.value.location !== each.target.value.location) {
        reportPair("G008", each, earlier, report, {
          message: `${nameOf(each, earlier)} and ${nameOf(earlier, each)} both make a table \`${table}\`, in different databases`,
          note: `the table of ${nameOf(earlier, each)}`,
          help: "rename one folder, or write the database before the table in every query",
        });
      }
    }
  },
};

interface Pair {
  readonly message: string;
  readonly note: string;
  readonly help: string;
}

/** A conflict of two pipelines stops both. */
function reportPair(code: string, one: StagedTarget, other: StagedTarget, report: Report, pair: Pair): void {
  for (const pipeline of new Set([one.pipeline.name, other.pipeline.name])) {
    report({
      code,
      pipeline,
      dataset: one.dataset,
      at: one.target.at,
      message: pair.message,
      help: pair.help,
      notes: [{ place: other.target.at, message: pair.note }],
    });
  }
}

function nameOf(each: StagedTarget, other: StagedTarget): string {
  const name = `dataset \`${each.dataset.name.value}\``;
  return each.pipeline === other.pipeline ? name : `${name} of pipeline \`${each.pipeline.name}\``;
}
