/** Creates Spark's class archive, if there is none for this Java; a failure is reported and harmless. */
export function ensureClassArchive(python: string): Promise<void>;
