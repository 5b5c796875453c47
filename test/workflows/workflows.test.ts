/** GitHub's workflows: pinned, with the least rights, and nothing that a pull request's code could take. */

import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { parse } from "yaml";
import { actionlintProblem, ensureActionlint } from "../../setup/actionlint.mjs";
import { HOME } from "../../setup/node.mjs";
import { folderOf, program, removeFolders } from "../cli/strata.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": unknown };
  readonly "timeout-minutes"?: number;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = join(HOME, ".github", "workflows");
const FILES = readdirSync(FOLDER).sort();
const textOf = (file: string) => readFileSync(join(FOLDER, file), "utf8");
const workflow = (file: string) => parse(textOf(file)) as Workflow;
const jobsOf = (file: string) => Object.entries(workflow(file).jobs);
/** Runs files of the repository, so the author of those decides what the job does. */
const runsCode = ({ steps = [] }: Job) => steps.some(({ run }) => run !== undefined);

describe("workflows", () => {
  afterEach(removeFolders);

  it("are read without complaint by actionlint", async function () {
    this.timeout(300_000);
    const problem = actionlintProblem();
    if (problem !== undefined) {
      process.stderr.write(`skipped: ${problem}\n`);
      this.skip();
    }
    const files = FILES.map((file) => join(FOLDER, file));
    // Linters of other languages would make the outcome depend on what is installed.
    const { code, stdout } = await program(await ensureActionlint(), ["-shellcheck=", "-pyflakes=", ...files]);
    assert.equal(stdout, "");
    assert.equal(code, 0);
  });

  for (const file of FILES) {
    describe(file, () => {
      it("pins every action by its commit, with the version beside it", () => {
        for (const line of textOf(file)
          .split("\n")
          .filter((each) => /^\s*(- )?uses:/.test(each)))
          assert.match(line, /uses: (\.\/\.github\/workflows\/[\w-]+\.yml|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
      });

      it("grants nothing by itself; each job says what it needs, and how long it may take", () => {
        assert.deepEqual(workflow(file).permissions, {});
        for (const [name, job] of jobsOf(file)) {
          assert.isDefined(job.permissions, name);
          if (job.uses === undefined) assert.isNumber(job["timeout-minutes"], name);
        }
      });

      it("has no long-lived key, no secret but the job's own token, and leaves none in the checkout", () => {
        assert.notMatch(textOf(file), /AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|PULUMI_ACCESS_TOKEN|PASSPHRASE|secrets\./);
        for (const { steps = [] } of Object.values(workflow(file).jobs))
          for (const { uses, with: input } of steps)
            if (uses?.startsWith("actions/checkout@")) assert.isFalse(input?.["persist-credentials"]);
      });

      it("puts no expression into a shell: names of branches are written by anybody", () => {
        for (const [, { steps = [] }] of jobsOf(file)) for (const { run = "" } of steps) assert.notInclude(run, "${{");
      });

      it("keeps its shell to one command a step", () => {
        for (const [, { steps = [] }] of jobsOf(file))
          for (const { run = "" } of steps) assert.notMatch(run, /\n|&&|;/);
      });

      it("gives a cloud identity to jobs only that take a role", () => {
        for (const [name, { permissions, steps = [] }] of jobsOf(file)) {
          const takesRole = steps.some(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@"));
          assert.equal(permissions?.["id-token"] === "write", takesRole, name);
        }
      });
    });
  }

  it("never run a pull request's code with a right to write", () => {
    for (const file of FILES) {
      const { on } = workflow(file);
      assert.notProperty(on, "pull_request_target", file);
      for (const [name, job] of jobsOf(file)) {
        for (const { uses, with: input } of job.steps ?? [])
          if (uses?.startsWith("actions/checkout@")) assert.notProperty(input ?? {}, "ref", `${file}, ${name}`);
        if (!("pull_request" in on) || !runsCode(job)) continue;
        const rights = Object.entries(job.permissions ?? {}).filter(([, right]) => right === "write");
        assert.deepEqual(
          rights.filter(([right]) => right !== "id-token"),
          [],
          `${file}, ${name}`,
        );
      }
    }
  });

  it("give no cloud role to a fork's pull request, nor to a bot's", () => {
    const { preview, sarif } = workflow("pull-request.yml").jobs;
    for (const job of [preview, sarif]) {
      assert.include(job?.if, "github.event.pull_request.head.repo.full_name == github.repository");
      assert.include(job?.if, "github.event.pull_request.user.login != 'dependabot[bot]'");
    }
    assert.notInclude(textOf("pull-request.yml"), "DEPLOY_ROLE");
  });

  it("deploy from main only, one at a time a stack, in an environment, with the deploy role, never cancelled", () => {
    assert.deepEqual(workflow("deploy.yml").on, { push: { branches: ["main"] } });
    for (const stack of ["dev", "prod"]) {
      const job = workflow("deploy.yml").jobs[stack];
      assert.equal(job?.environment, stack);
      assert.deepEqual(job?.concurrency, { group: `strata-stack-${stack}`, "cancel-in-progress": false });
      assert.include(JSON.stringify(job?.steps), `vars.STRATA_${stack.toUpperCase()}_DEPLOY_ROLE`);
      assert.include(
        JSON.stringify(job?.steps),
        `pulumi up --stack ${stack} --yes --non-interactive --policy-pack policy`,
      );
    }
  });

  it("take roles by the subjects that the bootstrap's roles trust: pull requests, and a stack's environment", () => {
    for (const file of FILES) {
      const { on } = workflow(file);
      for (const [name, job] of jobsOf(file)) {
        const text = JSON.stringify(job);
        if (text.includes("_PREVIEW_ROLE"))
          assert.deepEqual([Object.keys(on), job.environment], [["pull_request"], undefined]);
        if (text.includes("_DEPLOY_ROLE")) assert.equal(job.environment, name);
      }
    }
  });

  it("need no variable and no environment that docs/deploy.md does not make", () => {
    const docs = readFileSync(join(HOME, "docs", "deploy.md"), "utf8");
    for (const file of FILES) {
      for (const [, name = "", format = ""] of textOf(file).matchAll(/vars\.(\w+)|vars\[format\('(\w+\{0\}\w+)'/g))
        for (const each of name === "" ? ["DEV", "PROD"].map((stack) => format.replace("{0}", stack)) : [name])
          assert.include(docs, each);
      for (const [, { environment }] of jobsOf(file))
        if (environment !== undefined) assert.include(docs, `\`${environment}\``);
    }
  });

  it("use the Pulumi that the lockfile's SDK is of", () => {
    const { dependencies } = JSON.parse(readFileSync(join(HOME, "package.json"), "utf8"));
    const versions = FILES.flatMap((file) =>
      [...textOf(file).matchAll(/pulumi-version: (\S+)/g)].map(([, each]) => each),
    );
    assert.isNotEmpty(versions);
    for (const version of versions) assert.equal(version, dependencies["@pulumi/pulumi"]);
  });

  it("write the comment without any package: the job that can write installs none", async () => {
    const home = folderOf({});
    for (const folder of ["review", "compiler/show", "setup"])
      cpSync(join(HOME, folder), join(home, folder), { recursive: true });
    const args = [join(home, "review", "main.ts"), "comment", "--in", home];
    const { code, stdout, stderr } = await program(process.execPath, args, { env: { PREVIEWS: "not-set-up" } });
    assert.equal(code, 0, stderr);
    assert.include(stdout, "has no cloud roles yet");
  });
});
