/** Undefined if a Java 17 (or newer) answers, else why not, with the remedy. */
export function javaProblem(): string | undefined;
