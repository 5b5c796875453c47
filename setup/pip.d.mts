/** Path of a lock file, which `npm run lock:python` writes. */
export function lockOf(name: string): string;
/** Installs a lock file into an environment. Throws `SetupError`. */
export function installLock(python: string, lock: string): Promise<void>;
