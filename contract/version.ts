/** The version of Strata that compiles: what a job of another version says to deploy. */

import manifest from "../package.json" with { type: "json" };

/** As `package.json` has it. */
export const STRATA_VERSION: string = manifest.version;
