import { offerName } from "../fix/offer.ts";
import { nearest } from "../nearest.ts";
import { sqlKey } from "../resolve/sql-files.ts";
import type { Root } from "../resolve/types.ts";
import { rule } from "./rule.ts";

/** C009: the file that a dataset names does not exist, or is not a `.sql` file. */
export const sqlFileMissing = rule("C009", {
  dataset({ name, sqlFile }, report, root) {
    const key = sqlFile && sqlKey(sqlFile.value);
    if (sqlFile === undefined || key === undefined || root.sql.has(key)) return;
    const [why, help, near] = whatIsWrong(key, root);
    report({
      at: sqlFile.at,
      message: `dataset \`${name.value}\` names \`sql/${key}\`, which ${why}`,
      help,
      fixes: offerName(sqlFile, near),
    });
  },
});

function whatIsWrong(
  key: string,
  { sql, others }: Root,
): readonly [why: string, help: string, near?: string | undefined] {
  const other = others.get(key);
  if (other === "file") return ["does not end in `.sql`", "rename it, here and on disk: only `.sql` files are read"];
  if (other === "folder") {
    const inside = [...sql.keys()].find((each) => each.startsWith(`${key}/`));
    return ["is a folder", inside === undefined ? "name a `.sql` file" : `name a file in it, such as \`${inside}\``];
  }
  const near = nearest(key, sql.keys());
  return [
    "does not exist",
    near === undefined
      ? `write the query to \`sql/${key}\``
      : `did you mean \`${near}\`? (file names are case-sensitive)`,
    near,
  ];
}
