/** Path of an environment's interpreter, whether or not it exists. */
export function pythonOf(env: string): string;
/** Creates an environment if necessary, and returns its interpreter. Throws `SetupError`. */
export function ensurePython(env: string, layers?: readonly string[]): Promise<string>;
/** Undefined if there is a Python that an environment can be made with, else why not, with the remedy. */
export function pythonProblem(env: string): string | undefined;
/** The interpreter of an environment that is complete and up to date; undefined if there is none. Installs nothing. */
export function readyPython(env: string): string | undefined;
