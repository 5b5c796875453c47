/** What the compiler gets: texts that its caller has read. */

/** One text file. */
export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The files of one folder below `pipelines/`; undefined where there is none. */
export interface PipelineFiles {
  /** The folder's name. */
  readonly name: string;
  readonly stages: SourceFile | undefined;
  readonly queries: SourceFile | undefined;
  readonly extras: SourceFile | undefined;
  /** True for a `pipeline.yaml` that exists and is not text. */
  readonly unreadExtras?: boolean;
}

/** What earlier compilations computed of the same texts, by names that say of what: plain JSON. */
export interface Memo {
  readonly get: (name: string) => unknown;
  readonly put: (name: string, value: unknown) => void;
}

/** Everything one compilation reads. */
export interface CompileInput {
  readonly pipelines: readonly PipelineFiles[];
  /** All `.sql` files of the root by their path below `sql/`, with `/`. */
  readonly sql: ReadonlyMap<string, SourceFile>;
  /** What else is below `sql/`: folders, and files that do not end in `.sql`; undefined: nothing is known of them. */
  readonly others?: ReadonlyMap<string, "folder" | "file"> | undefined;
  /** Datasets that will run; undefined: all. Errors of the SQL (`Q…`) of others are warnings, so that these can. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Undefined: everything is computed. It changes no result. */
  readonly memo?: Memo | undefined;
}

/** Finds the text of an input's file by its path. */
export function textOf({ pipelines, sql }: CompileInput): (path: string) => string | undefined {
  const files = [...pipelines.flatMap(({ stages, queries, extras }) => [stages, queries, extras]), ...sql.values()];
  const texts = new Map(files.flatMap((file) => (file ? [[file.path, file.text] as const] : [])));
  return (path) => texts.get(path);
}

/** The same files with new texts for some of them, by path. */
export function replaceTexts(input: CompileInput, texts: ReadonlyMap<string, string>): CompileInput {
  const replaced = <T extends SourceFile | undefined>(file: T): T => {
    const text = file && texts.get(file.path);
    return text === undefined ? file : { ...file, text };
  };
  return {
    ...input,
    pipelines: input.pipelines.map((each) => ({
      ...each,
      stages: replaced(each.stages),
      queries: replaced(each.queries),
      extras: replaced(each.extras),
    })),
    sql: new Map([...input.sql].map(([key, file]) => [key, replaced(file)])),
  };
}
