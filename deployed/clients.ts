/** Clients of the services that `strata verify` calls. */

import { AthenaClient } from "@aws-sdk/client-athena";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GlueClient } from "@aws-sdk/client-glue";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { STSClient } from "@aws-sdk/client-sts";

/** Clients of a region, with the SDK's own chain of credentials (environment, profiles, SSO, roles). */
export const clientsFor = (region: string) => ({
  athena: new AthenaClient({ region }),
  events: new EventBridgeClient({ region }),
  glue: new GlueClient({ region }),
  logs: new CloudWatchLogsClient({ region }),
  sfn: new SFNClient({ region }),
  sns: new SNSClient({ region }),
  sts: new STSClient({ region }),
});

/** One client per service; only `send` is used, so a test can replace it. */
export type Clients = {
  readonly [Name in keyof ReturnType<typeof clientsFor>]: Pick<ReturnType<typeof clientsFor>[Name], "send">;
};
