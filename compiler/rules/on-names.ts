/** A rule over one kind of mistake in the names of a dataset's query. */

import type { CompilerCode } from "../codes.ts";
import type { Note } from "../diagnostics.ts";
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
}

/** `wordsOf`: what to say of one mistake; undefined for nothing. */
export function onNames<Kind extends NameMistake["kind"]>(
  code: CompilerCode,
  kind: Kind,
  wordsOf: (mistake: OfKind<Kind>, dataset: Dataset, root: Root) => Words | undefined,
): Rule {
  return rule(code, {
    sql({ at }, dataset, report, root) {
      for (const mistake of dataset.names?.mistakes ?? []) {
        if (mistake.kind !== kind) continue;
        const words = wordsOf(mistake as OfKind<Kind>, dataset, root);
        const others: readonly Extent[] = "others" in mistake ? mistake.others : [];
        const more = others.slice(0, MOST_OTHERS).map((each) => ({ place: at(wrongPart(each)), message: "and here" }));
        if (words) report({ at: at(wrongPart(mistake)), ...words, notes: [...more, ...(words.notes ?? [])] });
      }
    },
  });
}

/** Of `t.a` the part that is wrong. */
function wrongPart(mistake: Extent & { readonly part?: Extent }): Extent {
  return mistake.part ?? mistake;
}
