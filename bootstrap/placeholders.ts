/** Placeholder of an ARN that is not known yet; as long as the longest one, so that sizes are correct. */

export const OIDC_PLACEHOLDER = "OIDC-PROVIDER";

/** `arn:aws-us-gov:kms:us-gov-west-1:111111111111:key/` and 36 characters. */
export const KEY_PLACEHOLDER = "KEY-OF-THE-BACKEND-".padEnd(87, "-");
