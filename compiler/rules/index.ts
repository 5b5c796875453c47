/** The rules in the order they run; with the codes of reading, the whole of what `check` knows. */

import { ambiguousColumn } from "./ambiguous-column.ts";
import { appendWithoutParameter } from "./append-without-parameter.ts";
import { columnCounts } from "./column-counts.ts";
import { contradictingSettings } from "./contradicting-settings.ts";
import { crawlerInsideCrawler } from "./crawler-inside-crawler.ts";
import { crawlerLevels } from "./crawler-levels.ts";
import { crawlerOverNothing } from "./crawler-over-nothing.ts";
import { cycle } from "./cycle.ts";
import { datasetInNoStage } from "./dataset-in-no-stage.ts";
import { datasetListedTwice } from "./dataset-listed-twice.ts";
import { doubleQuotedName } from "./double-quoted-name.ts";
import { duplicateColumn } from "./duplicate-column.ts";
import { expectationColumn } from "./expectation-column.ts";
import { expectationExpression } from "./expectation-expression.ts";
import { expectationReference } from "./expectation-reference.ts";
import { fetchesDocumentType } from "./fetches-document-type.ts";
import { freshnessParameter } from "./freshness-parameter.ts";
import { icebergRecommended } from "./iceberg-recommended.ts";
import { keyBesideStrata } from "./key-beside-strata.ts";
import { lints } from "./lints.ts";
import { misplacedAlias } from "./misplaced-alias.ts";
import { misspeltSource } from "./misspelt-source.ts";
import { nestedTargets } from "./nested-targets.ts";
import { notOneQuery } from "./not-one-query.ts";
import { orphanSqlFile } from "./orphan-sql-file.ts";
import { overlappingSource } from "./overlapping-source.ts";
import { positionalParameter } from "./positional-parameter.ts";
import { quoteTwice } from "./quote-twice.ts";
import { reachesOut } from "./reaches-out.ts";
import { readsLaterStage } from "./reads-later-stage.ts";
import { readsUnstaged } from "./reads-unstaged.ts";
import type { Rule } from "./rule.ts";
import { sameTableName } from "./same-table-name.ts";
import { sameTableNameElsewhere } from "./same-table-name-elsewhere.ts";
import { sameTarget } from "./same-target.ts";
import { settingColumn } from "./setting-column.ts";
import { settingsWithoutTarget } from "./settings-without-target.ts";
import { sourceDeclaredTwice } from "./source-declared-twice.ts";
import { sourceElsewhere } from "./source-elsewhere.ts";
import { sourceNotExternal } from "./source-not-external.ts";
import { sqlDoesNotParse } from "./sql-does-not-parse.ts";
import { sqlFileMissing } from "./sql-file-missing.ts";
import { sqlFileOutside } from "./sql-file-outside.ts";
import { sqlNotAnalyzed } from "./sql-not-analyzed.ts";
import { stageListsUnknownDataset } from "./stage-lists-unknown-dataset.ts";
import { tableAmbiguous } from "./table-ambiguous.ts";
import { tableNamedAtRunTime } from "./table-named-at-run-time.ts";
import { tableNotListed } from "./table-not-listed.ts";
import { tableNotUsed } from "./table-not-used.ts";
import { tableReadByPath } from "./table-read-by-path.ts";
import { tablesNotKnown } from "./tables-not-known.ts";
import { undeclaredParameter } from "./undeclared-parameter.ts";
import { unknownColumn } from "./unknown-column.ts";
import { unknownFunction } from "./unknown-function.ts";
import { unreadSource } from "./unread-source.ts";
import { unusedParameter } from "./unused-parameter.ts";
import { wrongArguments } from "./wrong-arguments.ts";

export const RULES: readonly Rule[] = [
  stageListsUnknownDataset,
  datasetListedTwice,
  datasetInNoStage,
  sqlFileOutside,
  sqlFileMissing,
  orphanSqlFile,
  sourceNotExternal,
  unreadSource,
  sourceElsewhere,
  sourceDeclaredTwice,
  keyBesideStrata,
  crawlerLevels,
  crawlerInsideCrawler,
  crawlerOverNothing,
  sqlDoesNotParse,
  sqlNotAnalyzed,
  notOneQuery,
  tableReadByPath,
  tableNotListed,
  tableAmbiguous,
  tablesNotKnown,
  tableNotUsed,
  doubleQuotedName,
  quoteTwice,
  undeclaredParameter,
  unusedParameter,
  tableNamedAtRunTime,
  positionalParameter,
  unknownColumn,
  ambiguousColumn,
  duplicateColumn,
  columnCounts,
  misplacedAlias,
  unknownFunction,
  wrongArguments,
  ...lints,
  reachesOut,
  fetchesDocumentType,
  sameTarget,
  nestedTargets,
  sameTableName,
  readsLaterStage,
  cycle,
  overlappingSource,
  readsUnstaged,
  misspeltSource,
  sameTableNameElsewhere,
  expectationColumn,
  expectationExpression,
  expectationReference,
  freshnessParameter,
  settingsWithoutTarget,
  contradictingSettings,
  settingColumn,
  appendWithoutParameter,
  icebergRecommended,
];
