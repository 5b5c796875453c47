/** Makes Spark's archive of classes, unless that is done for this Java; a failure is said and harms nothing. */
export function ensureClassArchive(python: string): Promise<void>;
