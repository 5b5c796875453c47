export function ensureJars(name: string): Promise<string>;
