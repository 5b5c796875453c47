/** The installation: the folder that contains `setup/`. */
export const HOME: string;
/** Path of a Node that runs TypeScript, or undefined. */
export function findNode(): string | undefined;
/** True for a Node that strips types without a flag. */
export function runsTypeScript(version: string): boolean;
export const NODE_REMEDY: string;
