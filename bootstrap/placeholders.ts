/** Where an ARN will stand that is not known yet; as long as the longest there is, so that sizes are right. */

export const OIDC_PLACEHOLDER = "OIDC-PROVIDER";

/** `arn:aws-us-gov:kms:us-gov-west-1:111111111111:key/` and 36 characters. */
export const KEY_PLACEHOLDER = "KEY-OF-THE-BACKEND-".padEnd(87, "-");
