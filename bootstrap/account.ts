/** The account that a bootstrap is for. */

/** Where, and who deploys. */
export interface Account {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** `owner/name`, or `owner@id/name@id`: what GitHub's subjects begin with after `repo:`. */
  readonly repository: string;
}
