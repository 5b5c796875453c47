/**
 * A fake of the providers `aws` and `aws-native`: speaks Pulumi's provider protocol, changes a cloud in memory.
 *
 * It proves what the engine does with the program — what it creates, changes, replaces and deletes, in which order, what
 * it keeps in its state — and that inputs have the shape that the SDKs declare. It does not prove that AWS takes them:
 * defaults, quotas, permissions, propagation and most rules of the services are not in it.
 */

import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import grpcService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { type Method, type RunningServer, serve } from "../grpc.ts";
import type { Call, FakeCloud, Resource } from "./cloud.ts";
import { identityOf } from "./identity.ts";
import { danglingReference, deletionConflict, isPartOf } from "./references.ts";
import { mustDeleteFirst, replaces } from "./replacement.ts";
import { failuresOf } from "./rules.ts";
import { resourceType } from "./sdk-types.ts";
import { differences, fromStruct, type Properties, plain, toStruct, UNKNOWN, type Value } from "./values.ts";

type Message<T extends new (...args: never) => unknown> = InstanceType<T>;

/** Serves both providers on one port. */
export function serveFakeAws(cloud: FakeCloud): Promise<RunningServer> {
  return serve(grpcService.ResourceProviderService as never, methods(cloud));
}

function methods(cloud: FakeCloud): Record<string, Method> {
  return {
    handshake: () => new provider.ProviderHandshakeResponse().setAcceptSecrets(true),
    attach: () => new empty.Empty(),
    getPluginInfo: () => new plugin.PluginInfo().setVersion("999.0.0-fake"),
    checkConfig: (request: Message<typeof provider.CheckRequest>) =>
      new provider.CheckResponse().setInputs(request.getNews()),
    diffConfig: (request: Message<typeof provider.DiffRequest>) => diff("", request),
    configure: (request: Message<typeof provider.ConfigureRequest>) => configure(cloud, request),
    check: (request: Message<typeof provider.CheckRequest>) => check(request),
    diff: (request: Message<typeof provider.DiffRequest>) => diff(typeOf(request.getUrn()), request),
    create: (request: Message<typeof provider.CreateRequest>) => create(cloud, request),
    read: (request: Message<typeof provider.ReadRequest>) => read(cloud, request),
    update: (request: Message<typeof provider.UpdateRequest>) => update(cloud, request),
    delete: (request: Message<typeof provider.DeleteRequest>) => remove(cloud, request),
    invoke: (request: Message<typeof provider.InvokeRequest>) => invoke(cloud, request),
    cancel: () => {
      cloud.cancellations += 1;
      return new empty.Empty();
    },
  };
}

/** `urn:pulumi:stack::project::parent$type::name` */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Like the real providers, refuses to work in an account that is not on the list. */
function configure(cloud: FakeCloud, request: Message<typeof provider.ConfigureRequest>): unknown {
  const args = fromStruct(request.getArgs());
  const allowed = typeof args.allowedAccountIds === "string" ? JSON.parse(args.allowedAccountIds) : undefined;
  if (allowed !== undefined && !allowed.includes(cloud.at.account))
    throw new Error(`AWS account ID not allowed: ${cloud.at.account}`);
  return new provider.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
}

/** Gives a name where the program gave none, as the real provider does, and says what is wrong. */
function check(request: Message<typeof provider.CheckRequest>): unknown {
  const type = typeOf(request.getUrn());
  const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  const inputs: Properties =
    resourceType(type)?.inputs.has("name") && news.name === undefined
      ? { ...news, name: olds.name ?? automaticName(request) }
      : news;
  return new provider.CheckResponse()
    .setInputs(toStruct(inputs))
    .setFailuresList(
      failuresOf(type, plain(inputs) as Properties).map(({ property, reason }) =>
        new provider.CheckFailure().setProperty(property).setReason(reason),
      ),
    );
}

function automaticName(request: Message<typeof provider.CheckRequest>): string {
  const seed = Buffer.from(request.getRandomseed_asU8()).toString("hex").slice(0, 7);
  return `${nameOf(request.getUrn())
    .replace(/[^\w-]/g, "-")
    .slice(0, 40)}-${seed}`;
}

function diff(type: string, request: Message<typeof provider.DiffRequest>): unknown {
  const [old, now] = [fromStruct(request.getOldInputs()), fromStruct(request.getNews())];
  const found = differences(old, now);
  const { DiffResponse, PropertyDiff } = provider;
  const answer = new DiffResponse()
    .setHasdetaileddiff(true)
    .setChanges(found.length === 0 ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME)
    .setDiffsList([...new Set(found.map(({ path }) => /^\w+/.exec(path)?.[0] ?? path))]);
  const kinds = PropertyDiff.Kind;
  for (const difference of found) {
    const isReplaced = replaces(type, difference);
    const kind = {
      add: isReplaced ? kinds.ADD_REPLACE : kinds.ADD,
      delete: isReplaced ? kinds.DELETE_REPLACE : kinds.DELETE,
      update: isReplaced ? kinds.UPDATE_REPLACE : kinds.UPDATE,
    }[difference.kind];
    answer.getDetaileddiffMap().set(difference.path, new PropertyDiff().setKind(kind).setInputdiff(true));
    if (isReplaced) answer.addReplaces(difference.path);
  }
  return answer.setDeletebeforereplace(answer.getReplacesList().length > 0 && mustDeleteFirst(old, now));
}

async function create(cloud: FakeCloud, request: Message<typeof provider.CreateRequest>): Promise<unknown> {
  const urn = request.getUrn();
  const type = typeOf(urn);
  const rawInputs = fromStruct(request.getProperties());
  if (request.getPreview())
    return new provider.CreateResponse().setProperties(toStruct(outputsOf(type, rawInputs, () => UNKNOWN)));
  const inputs = plain(rawInputs) as Properties;
  await enter(cloud, "create", urn, inputs);
  const { id, arn } = identityOf(type, inputs, cloud.at, urn);
  // S3 replaces an object that is there (PutObject); nothing else does.
  if (type !== "aws:s3/bucketObjectv2:BucketObjectv2" && cloud.get(type, id) !== undefined)
    throw new Error(`${type} ${id} already exists`);
  const dangling = danglingReference(type, inputs, cloud.find);
  if (dangling !== undefined) throw new Error(dangling);
  const rawOutputs = outputsOf(type, rawInputs, computed(cloud, arn, inputs));
  cloud.put({ type, id, arn, inputs, urn, name: nameOf(urn), rawInputs, rawOutputs });
  return new provider.CreateResponse().setId(id).setProperties(toStruct(rawOutputs));
}

function read(cloud: FakeCloud, request: Message<typeof provider.ReadRequest>): unknown {
  const found = cloud.get(typeOf(request.getUrn()), request.getId());
  if (found === undefined) return new provider.ReadResponse();
  return new provider.ReadResponse()
    .setId(found.id)
    .setInputs(toStruct(found.rawInputs))
    .setProperties(toStruct(found.rawOutputs));
}

async function update(cloud: FakeCloud, request: Message<typeof provider.UpdateRequest>): Promise<unknown> {
  const urn = request.getUrn();
  const type = typeOf(urn);
  const rawInputs = fromStruct(request.getNews());
  const olds = fromStruct(request.getOlds());
  if (request.getPreview())
    return new provider.UpdateResponse().setProperties(toStruct(outputsOf(type, rawInputs, (key) => olds[key])));
  const inputs = plain(rawInputs) as Properties;
  await enter(cloud, "update", urn, inputs);
  const found = existing(cloud, type, request.getId());
  const dangling = danglingReference(type, inputs, cloud.find);
  if (dangling !== undefined) throw new Error(dangling);
  const rawOutputs = outputsOf(type, rawInputs, computed(cloud, found.arn, inputs));
  cloud.put({ ...found, inputs, rawInputs, rawOutputs });
  return new provider.UpdateResponse().setProperties(toStruct(rawOutputs));
}

async function remove(cloud: FakeCloud, request: Message<typeof provider.DeleteRequest>): Promise<unknown> {
  const urn = request.getUrn();
  await enter(cloud, "delete", urn, {});
  const found = cloud.get(typeOf(urn), request.getId());
  // What is gone already is as good as deleted.
  if (found === undefined) return new empty.Empty();
  const conflict = deletionConflict(found, cloud.find);
  if (conflict !== undefined) throw new Error(conflict);
  for (const other of cloud.resources) if (isPartOf(other, found)) cloud.remove(other);
  cloud.remove(found);
  return new empty.Empty();
}

function enter(cloud: FakeCloud, method: Call["method"], urn: string, inputs: Properties): Promise<void> {
  return cloud.enter({ method, type: typeOf(urn), name: nameOf(urn), inputs });
}

function existing(cloud: FakeCloud, type: string, id: string): Resource {
  const found = cloud.get(type, id);
  if (found === undefined) throw new Error(`${type} ${id} does not exist`);
  return found;
}

/** Inputs come back as they were; the outputs that the program did not give are computed. */
function outputsOf(type: string, inputs: Properties, compute: (key: string) => Value | undefined): Properties {
  const outputs: Record<string, Value> = { ...inputs };
  for (const key of resourceType(type)?.computed ?? []) {
    const value = outputs[key] ?? compute(key);
    if (value !== undefined) outputs[key] = value;
  }
  return outputs;
}

function computed(cloud: FakeCloud, arn: string, inputs: Properties): (key: string) => Value | undefined {
  const given: Readonly<Record<string, Value>> = {
    arn,
    region: cloud.at.region,
    keyId: arn.split("/").at(-1) ?? "",
    owner: cloud.at.account,
    bucketRegionalDomainName: `${inputs.bucket}.s3.${cloud.at.region}.amazonaws.com`,
  };
  return (key) => given[key];
}

function invoke(cloud: FakeCloud, request: Message<typeof provider.InvokeRequest>): unknown {
  const { account, region, partition } = cloud.at;
  const answers: Readonly<Record<string, Properties>> = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
      accountId: account,
      arn: `arn:${partition}:iam::${account}:user/fake`,
      id: account,
      userId: "AIDAFAKE",
    },
    "aws:index/getRegion:getRegion": { region, name: region, id: region, description: "fake" },
    "aws:index/getPartition:getPartition": { partition, id: partition, dnsSuffix: "amazonaws.com" },
  };
  const answer = answers[request.getTok()];
  if (answer === undefined) throw new Error(`the fake provider knows no function ${request.getTok()}`);
  return new provider.InvokeResponse().setReturn(toStruct(answer));
}
