/** Undefined if there is a Java 17 or newer, else the problem with its remedy. */
export function javaProblem(): string | undefined;
/** Path of Spark's Java, with links resolved; undefined if there is none. */
export function javaPath(): string | undefined;
