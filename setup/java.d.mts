/** Undefined if a Java 17 (or newer) answers, else why not, with the remedy. */
export function javaProblem(): string | undefined;
/** Where the Java that Spark would start really lies; undefined where there is none. */
export function javaPath(): string | undefined;
