/** Undefined if a Pulumi CLI is there or can be built, else why not, with the remedy. */
export function pulumiProblem(): string | undefined;
/** Returns the CLI's path, after building it if necessary. Throws `SetupError`. */
export function ensurePulumi(): Promise<string>;
