/** Undefined if actionlint is built or can be, else why not. */
export function actionlintProblem(): string | undefined;
/** Builds actionlint unless that is done, and answers its path. Throws `SetupError`. */
export function ensureActionlint(): Promise<string>;
