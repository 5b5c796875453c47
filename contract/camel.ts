/** Keys as JSON has them (`file_size_mib`) and as TypeScript has them (`fileSizeMib`). */

/** A key in camel case. */
export type Camel<Key extends string> = Key extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Key;

/** An object's keys in camel case; what is below stays, and is not written to. */
export type CamelKeys<T> = {
  readonly [Key in keyof T & string as Camel<Key>]: T[Key] extends readonly (infer Item)[] ? readonly Item[] : T[Key];
};

/** The object with its keys in camel case. */
export function camelKeys<T extends object>(object: T): CamelKeys<T> {
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) made[camel(key)] = value;
  return made as CamelKeys<T>;
}

const KNOWN = new Map<string, string>();

/** A key in camel case. */
export function camel<Key extends string>(key: Key): Camel<Key> {
  const made = KNOWN.get(key) ?? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  KNOWN.set(key, made);
  return made as Camel<Key>;
}

/** A key in camel case as JSON has it. */
export function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
