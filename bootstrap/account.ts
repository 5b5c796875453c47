/** The account of a bootstrap. */

/** The account, its region and the repository that deploys. */
export interface Account {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** `owner/name`, or `owner@id/name@id`: the part of GitHub's subjects after `repo:`. */
  readonly repository: string;
}
