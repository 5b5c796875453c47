/** Undefined if a Pulumi CLI is there or can be built, else why not, with the remedy. */
export function pulumiProblem(): string | undefined;
/** Answers the CLI's path, and builds it first where that is not done. Throws `SetupError`. */
export function ensurePulumi(): Promise<string>;
