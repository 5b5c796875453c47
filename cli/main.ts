/** The `strata` command line: parses arguments and loads one command's module. */

import { Command, CommanderError, Option } from "commander";
import { STRATA_VERSION } from "../contract/version.ts";
import { CommandError, EXIT, fail } from "./exit.ts";

/** Loaded when its command is given: none pays for another. */
type Action = (...args: never[]) => Promise<number>;

function lazily(load: () => Promise<Action>) {
  return async (...args: unknown[]) => {
    process.exitCode = await (await load())(...(args as never[]));
  };
}

const ROOT = new Option(
  "--root <dir>",
  "folder with pipelines/ and sql/ (default: the nearest one at or above the current folder)",
);
const LAKE = new Option(
  "--lake <dir>",
  "folder with one sub-folder per logical bucket (default: .strata/lake in the root)",
);
const formats = (...choices: string[]) =>
  new Option("--format <format>", "output format").choices(choices).default(choices[0]);
const PARAM = new Option("--param <name=value>", "value of a parameter; repeatable")
  .argParser((value: string, before: string[]) => [...before, value])
  .default([], "none");
const stackOption = () => new Option("--stack <stack>", "a stack whose Pulumi.<stack>.yaml maps the buckets");

const strata = new Command("strata")
  .description("Compiles a folder of Spark SQL and two JSON files into a data pipeline, and runs it locally.")
  .version(STRATA_VERSION)
  .showHelpAfterError("(strata --help shows the commands)")
  .exitOverride();

/** Declares a command with its arguments, what it does, and examples. */
const add = (usage: string, description: string, ...examples: string[]) =>
  strata
    .command(usage)
    .description(description)
    .addHelpText("after", ["\nExample:", ...examples.map((example) => `  strata ${example}`)].join("\n"))
    .addOption(ROOT)
    .showHelpAfterError(`(strata ${usage.split(" ")[0]} --help shows its options)`);

add("check [pipelines...]", "compile and print diagnostics", "check bookings --strict", "check --fix --dry-run")
  .addOption(new Option("--stack <stack>", "settings of this stack only (default: of every Pulumi.<stack>.yaml)"))
  .addOption(formats("text", "json", "sarif"))
  .option("--strict", "also exit with 1 on a warning")
  .option("--fix", "apply the safe fixes to your files, then check them")
  .option("--dry-run", "with --fix: show the fixes as a unified diff, and write nothing")
  .addOption(
    new Option(
      "--types <on|off>",
      "analyze types by an engine on empty tables; on: set its environment up if needed (default: if it is set up)",
    ).choices(["on", "off"]),
  )
  .addOption(new Option("--engine <engine>", "whose analyzer; spark: all of its errors").choices(["sail", "spark"]))
  .action(lazily(async () => (await import("./check.ts")).check));
add("groups [pipeline]", "print the job's input: each stage's datasets with their SQL", "groups bookings --stack dev")
  .addOption(stackOption())
  .action(lazily(async () => (await import("./emit.ts")).groups));
add("asl [pipeline]", "print the state machine's definition", "asl bookings --stack dev")
  .addOption(stackOption())
  .action(lazily(async () => (await import("./emit.ts")).asl));
add("plan [pipeline]", "print the plan, or the changes since a git ref", "plan bookings --diff main --format markdown")
  .addOption(stackOption())
  .addOption(formats("text", "json", "mermaid", "markdown"))
  .option("--diff <ref>", "compare with the files at a git ref")
  .option("--all", "with --diff: every pipeline, including removed ones")
  .action(lazily(async () => (await import("./plan.ts")).plan));
add(
  "schemas [pipeline]",
  "compare the declared columns of sources with their files or a stack's catalog, or write them",
  "schemas bookings",
  "schemas bookings --stack dev --write",
)
  .addOption(LAKE)
  .addOption(
    new Option("--stack <stack>", "the Glue catalog of a deployed stack, with your AWS credentials, instead of a lake"),
  )
  .option("--write", "write the columns to `sources` of pipeline.yaml")
  .addOption(formats("text", "json"))
  .action(lazily(async () => (await import("./schemas.ts")).schemas));
add(
  "lineage <dataset> [pipeline]",
  "print what a dataset, or one of its columns, is made of: DATASET or DATASET.COLUMN",
  "lineage fact_bookings.amount",
  "lineage bronze_flights.status --down",
)
  .option("--up", "what it is made of, down to the sources (default)")
  .option("--down", "what is made of it")
  .addOption(formats("text", "json", "mermaid", "openlineage"))
  .addOption(new Option("--stack <stack>", "with --format openlineage: the buckets of this stack"))
  .action(lazily(async () => (await import("./lineage.ts")).lineage));
add(
  "permissions [pipeline]",
  "print a stack's permissions: every role's policies, as deployed",
  "permissions bookings --stack prod",
)
  .addOption(stackOption().makeOptionMandatory())
  .addOption(formats("text", "json"))
  .action(lazily(async () => (await import("./permissions.ts")).permissions));
add(
  "verify",
  "run the stack's canary on AWS with your credentials, and check Strata's assumptions about AWS",
  "verify --stack dev",
)
  .addOption(stackOption().makeOptionMandatory())
  .addOption(formats("text", "json"))
  .action(lazily(async () => (await import("./verify.ts")).verify));
add(
  "import <source> [name]",
  "copy an existing pair of JSON files and its SQL folder into the root, then check them",
  "import ../old-pipeline sales",
).action(lazily(async () => (await import("./import.ts")).importPipeline));

add("data", "write the sample's raw tables", "data --scale medium")
  .option("--scale <scale>", "small (a fiftieth of medium), medium, or a factor of medium", "small")
  .addOption(LAKE)
  .action(lazily(async () => (await import("./data.ts")).data));
add(
  "run [pipeline]",
  "run a pipeline locally, through the definition that a deployment would use",
  "run bookings --from fact_stage",
  "run bookings --each run_date=2017-08-13..2017-08-15",
  "run --execution bookings-20261124T170000Z-0a1b2c",
)
  .addOption(LAKE)
  .addOption(new Option("--engine <engine>", "engine that computes").choices(["sail", "spark"]).default("sail"))
  .option("--from <stage>", "first stage to run")
  .option("--until <stage>", "last stage to run")
  .option("--stages <names>", "only these stages, comma-separated")
  .option("--datasets <names>", "only these datasets, comma-separated")
  .addOption(PARAM)
  .option("--each <range>", "run once for each day of a date parameter, in order: [name=]first..last")
  .option("--again", "with --each: run completed days again; datasets that append then append twice")
  .option("--execution <name>", "resume an execution: what it has committed is not written again")
  .option("--concurrency <n>", "datasets at the same time (default: from the number of cores)")
  .addOption(formats("text", "json"))
  .action(lazily(async () => (await import("./run.ts")).run));
add("query <sql> [pipeline]", "query the tables of the local catalog", 'query "SELECT count(*) FROM fact_bookings"')
  .addOption(LAKE)
  .addOption(
    new Option("--format <format>", 'output format; in CSV, NULL is an empty field, and an empty string is `""`')
      .choices(["text", "json", "csv"])
      .default("text"),
  )
  .option("--limit <rows>", "most rows of a text table; 0 for all (default: 100)")
  .option("--as-of <run>", "Iceberg tables as of a generation, an ISO time or an execution")
  .action(lazily(async () => (await import("./query.ts")).query));
add(
  "parity [pipeline]",
  "run on Sail and on Spark, in temporary lakes, and compare every target",
  "parity bookings --datasets fact_bookings",
)
  .addOption(LAKE)
  .option("--datasets <names>", "only these datasets, comma-separated; others are read from the lake")
  .addOption(PARAM)
  .addOption(formats("text", "json"))
  .action(lazily(async () => (await import("./parity.ts")).parity));
add(
  "recover [pipeline]",
  "finish or undo an interrupted run, or go back to an earlier generation",
  "recover bookings",
  "recover bookings --datasets fact_bookings --generations",
  "recover bookings --datasets fact_bookings --to 11",
  "recover bookings --rebuild fact_bookings",
  "recover bookings --rebuild fact_bookings --yes",
)
  .addOption(LAKE)
  .addOption(new Option("--stack <stack>", "targets of a deployed stack, with your AWS credentials, instead of a lake"))
  .option("--datasets <names>", "only these datasets, comma-separated")
  .option("--generations", "list the current and the kept generations; changes nothing")
  .option("--to <generation>", "go back to a kept generation of the dataset in --datasets")
  .option("--rebuild <dataset>", "show what is left of a damaged target; with --yes make that its content")
  .option("--yes", "with --rebuild: write the change")
  .addOption(formats("text", "json"))
  .action(lazily(async () => (await import("./recover.ts")).recover));
add("start", "the tour: sample data, a run, a first query (what `npm start` does)", "start").action(
  lazily(async () => (await import("./start.ts")).start),
);

// A reader such as `head` that closes the pipe is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (problem: NodeJS.ErrnoException) => {
    if (problem.code === "EPIPE") process.exit(process.exitCode ?? EXIT.ok);
    process.exit(
      fail(
        new CommandError(
          `the output cannot be written: ${problem.message}`,
          "redirect it to a disk with free space, or to another command",
        ),
      ),
    );
  });
}
// The launcher holds the other end of this channel, which must not keep the process alive.
process.channel?.unref();

try {
  await strata.parseAsync(process.argv);
} catch (problem) {
  // Commander has printed the error; help and --version also end here, with exit code 0.
  if (problem instanceof CommanderError) process.exitCode = problem.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = fail(problem);
}
