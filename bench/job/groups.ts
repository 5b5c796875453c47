/** What `strata groups` prints, as far as the contenders look at it: stage → datasets with their SQL. */
export type Groups = Readonly<
  Record<
    string,
    readonly {
      readonly sql_name: string;
      readonly sql_text: string;
      readonly tables: readonly { readonly table_name: string; readonly s3_path: string }[];
      readonly s3_target: string;
    }[]
  >
>;
