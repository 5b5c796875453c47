/** What messages and pages need of a value beside its description: kept next to the schemas, not in them. */

import * as z from "zod";

/** Words of one schema. */
export interface Words {
  /**
   * What messages call the value. `{key}` is its key, `{of}` what it belongs to, `{owner}` the nearest thing with a name.
   * Default: "`{key}` of {of}", of an entry of a list "an entry of {of}".
   */
  readonly called?: string;
  /** True where what is below belongs to this value: it is their `{owner}`. */
  readonly owns?: boolean;
  /** The remedy of a wrong value. Default: made of type and limits. */
  readonly help?: string;
  /** True for a list of which a single item may be written without brackets. */
  readonly alone?: boolean;
  /** Name of the Python class that the job reads it into. */
  readonly python?: string;
  /** True where the job computes the value from others: the class has no attribute for it. */
  readonly derived?: boolean;
  /** Name of the class's attribute, where it is not the key. */
  readonly attribute?: string;
}

/** Words by schema. */
export const WORDS = z.registry<Words>();

/** A mistake that types and limits do not express. In its texts `{it}` is what the value is called. */
export interface Mistake {
  /** Default: the code of a wrong value. */
  readonly code?: string;
  readonly message: string;
  readonly help: string;
  /** Keys from the checked value to the wrong one; default: the checked value. */
  readonly path?: readonly (string | number)[];
}

/** Adds a check whose mistakes have messages of their own. */
export function finding<T>(find: (value: T) => Iterable<Mistake>): z.core.CheckFn<T> {
  return (context) => {
    for (const { path = [], ...params } of find(context.value))
      context.issues.push({ code: "custom", input: context.value, message: params.message, path: [...path], params });
  };
}
