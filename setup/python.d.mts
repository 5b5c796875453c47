/** Path of an environment's interpreter, whether or not it exists. */
export function pythonOf(env: string): string;
/** Makes an environment unless that is done, and answers its interpreter. Throws `SetupError`. */
export function ensurePython(env: string, layers?: readonly string[]): Promise<string>;
/** Undefined if there is a Python that an environment can be made with, else why not, with the remedy. */
export function pythonProblem(env: string): string | undefined;
