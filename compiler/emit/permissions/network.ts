/** What a job or crawler may do to reach its subnets. */

import type { StackBindings } from "../../plan/bindings.ts";
import { allow, type Statement } from "./document.ts";

/** None without `strata:network`. */
export function networkStatements(bindings: StackBindings): Statement[] {
  const { partition, region, account, connections } = bindings;
  if (connections.length === 0) return [];
  const ec2 = (resource: string) => `arn:${partition}:ec2:${region}:${account}:${resource}`;
  const glue = (resource: string) => `arn:${partition}:glue:${region}:${account}:${resource}`;
  return [
    allow(
      "UseConnections",
      ["glue:GetConnection"],
      [glue("catalog"), ...connections.map((name) => glue(`connection/${name}`))],
    ),
    // EC2's Describe actions have no resource types (Service Authorization Reference, Amazon EC2).
    allow(
      "SeeNetwork",
      [
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeRouteTables",
        "ec2:DescribeNetworkInterfaces",
      ],
      ["*"],
    ),
    allow("SeeVpc", ["ec2:DescribeVpcAttribute"], [ec2("vpc/*")]),
    // Interfaces get their ids when Glue makes them: which subnet and group, the connection says.
    allow(
      "MakeInterfaces",
      ["ec2:CreateNetworkInterface"],
      [ec2("network-interface/*"), ec2("subnet/*"), ec2("security-group/*")],
    ),
    allow("DropInterfaces", ["ec2:DeleteNetworkInterface"], [ec2("network-interface/*")]),
    allow("TagInterfaces", ["ec2:CreateTags", "ec2:DeleteTags"], [ec2("network-interface/*")], {
      "ForAllValues:StringEquals": { "aws:TagKeys": ["aws-glue-service-resource"] },
    }),
  ];
}
