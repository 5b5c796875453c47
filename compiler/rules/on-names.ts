/** A rule over one kind of mistake in the names of a dataset's query. */

import type { CompilerCode } from "../codes.ts";
import type { Note } from "../diagnostics.ts";
import { offerSqlName } from "../fix/offer.ts";
import type { NameMistake } from "../names/types.ts";
import type { Extent } from "../parse/sql/extent.ts";
import type { Dataset, Root } from "../resolve/types.ts";
import { type Rule, rule } from "./rule.ts";

/** Most other places of one mistake that are shown. */
const MOST_OTHERS = 3;

type OfKind<Kind> = Extract<NameMistake, { readonly kind: Kind }>;

interface Words {
  readonly message: string;
  readonly help: string;
  readonly notes?: readonly Note[];
  /** What is meant by the wrong part, where it is certain enough to offer it. */
  readonly meant?: string | undefined;
}

/** `wordsOf`: what to say of one mistake; undefined for nothing. */
export function onNames<Kind extends NameMistake["kind"]>(
  code: CompilerCode,
  kind: Kind,
  wordsOf: (mistake: OfKind<Kind>, dataset: Dataset, root: Root) => Words | undefined,
): Rule {
  return rule(code, {
    sql(sql, dataset, report, root) {
      const { at } = sql;
      for (const mistake of dataset.names?.mistakes ?? []) {
        if (mistake.kind !== kind) continue;
        const words = wordsOf(mistake as OfKind<Kind>, dataset, root);
        const others: readonly Extent[] = "others" in mistake ? mistake.others : [];
        const more = others.slice(0, MOST_OTHERS).map((each) => ({ place: at(wrongPart(each)), message: "and here" }));
        if (words === undefined) continue;
        const { message, help, meant, notes = [] } = words;
        const fixes = meant === undefined ? [] : [offerSqlName(sql, wrongPart(mistake), meant, others.map(wrongPart))];
        report({ at: at(wrongPart(mistake)), message, help, fixes, notes: [...more, ...notes] });
      }
    },
  });
}

/** Of `t.a` the part that is wrong. */
function wrongPart(mistake: Extent & { readonly part?: Extent }): Extent {
  return mistake.part ?? mistake;
}
