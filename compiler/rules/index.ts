/** The rules in the order they run; with the codes of reading, the whole of what `check` knows. */

import type { Rule } from "../resolve/world.ts";
import { crawlerInsideCrawler, crawlerLevels, crawlerOverNothing } from "./crawlers.ts";
import { datasetInNoStage } from "./dataset-in-no-stage.ts";
import { datasetListedTwice } from "./dataset-listed-twice.ts";
import { doubleQuotedName } from "./double-quoted-name.ts";
import { expectationColumn, expectationExpression, expectationReference, freshnessParameter } from "./expectations.ts";
import { icebergRecommended } from "./iceberg-recommended.ts";
import { keyBesideStrata } from "./key-beside-strata.ts";
import { readsLaterStage } from "./later-stage.ts";
import { misspeltSource } from "./misspelt-source.ts";
import { notOneQuery } from "./not-one-query.ts";
import { cycle, overlappingSource, readsUnstaged } from "./order.ts";
import { orphanSqlFile } from "./orphan-sql-file.ts";
import { positionalParameter, undeclaredParameter, unusedParameter } from "./parameters.ts";
import { quoteTwice } from "./quote-twice.ts";
import { fetchesDocumentType, reachesOut } from "./reaches-out.ts";
import { sourceNotExternal } from "./source-not-external.ts";
import { sqlDoesNotParse, sqlNotAnalyzed } from "./sql-does-not-parse.ts";
import { sqlFileMissing } from "./sql-file-missing.ts";
import { sqlFileOutside } from "./sql-file-outside.ts";
import { stageListsUnknownDataset } from "./stage-lists-unknown-dataset.ts";
import { tableNotUsed } from "./table-not-used.ts";
import { tableNamedAtRunTime, tableNotListed, tableReadByPath } from "./table-uses.ts";
import { nestedTargets, sameTableName, sameTableNameElsewhere, sameTarget } from "./targets.ts";
import { appendWithoutParameter, contradictingSettings, settingColumn, settingsWithoutTarget } from "./writes.ts";

export const RULES: readonly Rule[] = [
  stageListsUnknownDataset,
  datasetListedTwice,
  datasetInNoStage,
  sqlFileOutside,
  sqlFileMissing,
  orphanSqlFile,
  sourceNotExternal,
  keyBesideStrata,
  crawlerLevels,
  crawlerInsideCrawler,
  crawlerOverNothing,
  sqlDoesNotParse,
  sqlNotAnalyzed,
  notOneQuery,
  tableReadByPath,
  tableNotListed,
  tableNotUsed,
  doubleQuotedName,
  quoteTwice,
  undeclaredParameter,
  unusedParameter,
  tableNamedAtRunTime,
  positionalParameter,
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
