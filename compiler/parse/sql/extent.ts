/** Places in a SQL text. */

/** A stretch of the text in UTF-16 units. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** A name and its place. */
export interface NamedExtent extends Extent {
  readonly name: string;
}
