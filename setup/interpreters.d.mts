/** The oldest and the newest Python of a lock file in `setup/python/`, as [major, minor]. */
export function pythonsOf(name: string): { oldest: readonly [number, number]; newest: readonly [number, number] };
/** A command that starts a Python which fits the environment. Throws `SetupError` if there is none. */
export function findPython(env: string): string;
