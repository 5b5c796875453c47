/** Undefined if actionlint is built or can be, else why not. */
export function actionlintProblem(): string | undefined;
/** Builds actionlint if necessary, and returns its path. Throws `SetupError`. */
export function ensureActionlint(): Promise<string>;
