import { nearest } from "../nearest.ts";
import { type Rule, sqlKey } from "./world.ts";

/** C009: the file that a dataset names does not exist. */
export const sqlFileMissing: Rule = {
  code: "C009",
  check(world, report) {
    for (const pipeline of world.pipelines) {
      for (const { name, sqlFile } of pipeline.datasets.values()) {
        const key = sqlFile && sqlKey(sqlFile.value);
        if (sqlFile === undefined || key === undefined || world.sql.has(key)) continue;
        const near = nearest(key, world.sql.keys());
        report({
          code: "C009",
          pipeline: pipeline.name,
          at: sqlFile.at,
          message: `dataset \`${name.value}\` names \`sql/${key}\`, which does not exist`,
          help:
            near === undefined
              ? `write the query to \`sql/${key}\``
              : `did you mean \`${near}\`? (upper and lower case count)`,
        });
      }
    }
  },
};
