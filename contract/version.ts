/** Versions: Strata's, and those of formats. No schema is here, so that a command that needs a version builds none. */

import manifest from "../package.json" with { type: "json" };

/** The version of Strata that compiles, as `package.json` has it: what a job of another version says to deploy. */
export const STRATA_VERSION: string = manifest.version;

/** Version of the arguments and of their encoding; a job refuses any other. */
export const ARGUMENTS_VERSION = "4";

/** Version of the plan's format; it grows whenever a reader of an older plan would misread a newer one. */
export const PLAN_VERSION = 1;

/** Version of the commit record's format; it grows whenever a reader of older records would misread newer ones. */
export const RECORD_VERSION = 1;
