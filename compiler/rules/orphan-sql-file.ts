import { nearest } from "../nearest.ts";
import { locate } from "../parse/text.ts";
import { sqlKey } from "../resolve/sql-files.ts";
import type { Pipeline } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** C010: a `.sql` file that no dataset of any pipeline names is dead, or was forgotten. */
export const orphanSqlFile = rule("C010", {
  root({ pipelines, sql }, report) {
    if (pipelines.some(({ complete }) => !complete)) return;
    const datasets = pipelines.flatMap((pipeline) => [...pipeline.datasets.values()]);
    const named = new Set(
      datasets.map(({ sqlFile }) => {
        const key = sqlFile && sqlKey(sqlFile.value);
        // A misspelt name is C009, which suggests the file.
        return key === undefined || sql.has(key) ? key : nearest(key, sql.keys());
      }),
    );
    for (const [key, file] of sql) {
      if (named.has(key)) continue;
      report({
        pipelines: ownerOf(key, pipelines),
        at: locate(file.path, file.text).place(0),
        message: `no dataset names \`${file.path}\``,
        help: "add a dataset for it to `sql_queries.json`, or delete the file",
      });
    }
  },
});

/** The pipeline that a file belongs to by its first folder; otherwise the first one, so that it is shown at all. */
function ownerOf(key: string, pipelines: readonly Pipeline[]): Pipeline[] {
  return [pipelines.find(({ name }) => key.startsWith(`${name}/`)) ?? pipelines[0]].filter(
    (each) => each !== undefined,
  );
}
