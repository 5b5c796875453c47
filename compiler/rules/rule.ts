/** A rule: a code, and what it looks at. One rule a file. */

import type { CompilerCode } from "../codes.ts";
import type { Fix, Note, Place } from "../diagnostics.ts";
import type { TableUse } from "../parse/sql/facts.ts";
import type { ExpectationSyntax } from "../read/expectations.ts";
import type { ResolvedSql } from "../resolve/sql-files.ts";
import { firstUses, type LocatedUse } from "../resolve/table-uses.ts";
import type { Dataset, Pipeline, Root } from "../resolve/types.ts";

/** What a rule says of one mistake. */
export interface Finding {
  readonly at: Place;
  readonly message: string;
  readonly help: string;
  readonly notes?: readonly Note[];
  /** The likeliest first (compiler/fix/offer.ts). */
  readonly fixes?: readonly Fix[];
  /** The dataset whose `strata.allow` may lower it; that of the visit where there is one. */
  readonly dataset?: Dataset;
  /** The pipelines that it stops; that of the visit where there is one. */
  readonly pipelines?: readonly Pipeline[];
}

/** A finding with its rule's code. */
export interface RuleFinding extends Finding {
  readonly code: CompilerCode;
  readonly pipelines: readonly Pipeline[];
}

type Report = (finding: Finding) => void;

/** What a rule may look at; one of these. */
interface Visit {
  readonly root?: (root: Root, report: (finding: Finding & Pick<RuleFinding, "pipelines">) => void) => void;
  readonly pipeline?: (pipeline: Pipeline, report: Report) => void;
  /** Pipelines whose two JSON files could be read: rules on what is missing would only guess in others. */
  readonly completePipeline?: (pipeline: Pipeline, report: Report) => void;
  readonly dataset?: (dataset: Dataset, report: Report, root: Root) => void;
  /** Datasets that a stage lists. */
  readonly staged?: (dataset: Dataset, report: Report) => void;
  /** Datasets whose SQL file is there. */
  readonly sql?: (sql: ResolvedSql, dataset: Dataset, report: Report, root: Root) => void;
  readonly expectation?: (expectation: ExpectationSyntax, dataset: Dataset, report: Report, root: Root) => void;
}

/** One rule. */
export interface Rule {
  readonly code: CompilerCode;
  readonly check: (root: Root, report: (finding: RuleFinding) => void) => void;
}

/** Makes a rule of its code and its visit. */
export function rule(code: CompilerCode, visit: Visit): Rule {
  return {
    code,
    check(root, report) {
      visit.root?.(root, (finding) => report({ code, ...finding }));
      for (const pipeline of root.pipelines)
        visitPipeline(pipeline, visit, root, (finding) => report({ code, ...finding }));
    },
  };
}

function visitPipeline(
  pipeline: Pipeline,
  visit: Visit,
  root: Root,
  keep: (finding: Omit<RuleFinding, "code">) => void,
) {
  const pipelines = [pipeline];
  const report: Report = (finding) => keep({ pipelines, ...finding });
  visit.pipeline?.(pipeline, report);
  if (pipeline.complete) visit.completePipeline?.(pipeline, report);
  const { dataset: visitDataset, staged, sql: visitSql, expectation: visitExpectation } = visit;
  if (!visitDataset && !staged && !visitSql && !visitExpectation) return;
  for (const dataset of pipeline.datasets.values()) {
    const reportOf: Report = (finding) => keep({ pipelines, dataset, ...finding });
    visitDataset?.(dataset, reportOf, root);
    if (dataset.sql) visitSql?.(dataset.sql, dataset, reportOf, root);
    if (visitExpectation) for (const each of dataset.expectations) visitExpectation(each, dataset, reportOf, root);
    if (dataset.stage !== undefined) staged?.(dataset, reportOf);
  }
}

/** Visits each table of one kind that a query names, at its first use. */
export function tableUse(
  kind: TableUse["kind"],
  visit: (use: LocatedUse, dataset: Dataset, report: Report) => void,
): Visit {
  return {
    sql: (_, dataset, report) => {
      for (const use of firstUses(dataset, kind)) visit(use, dataset, report);
    },
  };
}
