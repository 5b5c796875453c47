/** Clients of the services that `strata verify` calls. */

import { AthenaClient } from "@aws-sdk/client-athena";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GlueClient } from "@aws-sdk/client-glue";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { STSClient } from "@aws-sdk/client-sts";

/** One client per service; only `send` is used, so a test can replace it. */
export interface Clients {
  readonly athena: Pick<AthenaClient, "send">;
  readonly events: Pick<EventBridgeClient, "send">;
  readonly glue: Pick<GlueClient, "send">;
  readonly logs: Pick<CloudWatchLogsClient, "send">;
  readonly sfn: Pick<SFNClient, "send">;
  readonly sns: Pick<SNSClient, "send">;
  readonly sts: Pick<STSClient, "send">;
}

/** Clients of a region, with the SDK's own chain of credentials (environment, profiles, SSO, roles). */
export function clientsFor(region: string): Clients {
  const at = { region };
  return {
    athena: new AthenaClient(at),
    events: new EventBridgeClient(at),
    glue: new GlueClient(at),
    logs: new CloudWatchLogsClient(at),
    sfn: new SFNClient(at),
    sns: new SNSClient(at),
    sts: new STSClient(at),
  };
}
