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

const rootOption = () =>
  new Option(
    "--root <dir>",
    "folder with pipelines/ and sql/ (default: the nearest one at or above the current folder)",
  );
const lakeOption = () =>
  new Option("--lake <dir>", "folder with one sub-folder per logical bucket (default: .strata/lake in the root)");
const stackOption = () => new Option("--stack <stack>", "a stack whose Pulumi.<stack>.yaml maps the buckets");

function program(): Command {
  const strata = new Command("strata")
    .description("Compiles a folder of Spark SQL and two JSON files into a data pipeline, and runs it locally.")
    .version(STRATA_VERSION)
    .showHelpAfterError("(strata --help shows the commands)")
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .exitOverride();
  addCompilerCommands(strata);
  addRunCommands(strata);
  for (const command of strata.commands) command.exitOverride();
  return strata;
}

function addCompilerCommands(strata: Command): void {
  strata
    .command("check [pipelines...]")
    .description("compile and print diagnostics")
    .addOption(rootOption())
    .addOption(new Option("--stack <stack>", "settings of this stack only (default: of every Pulumi.<stack>.yaml)"))
    .addOption(new Option("--format <format>", "output format").choices(["text", "json", "sarif"]).default("text"))
    .option("--strict", "also exit with 1 on a warning")
    .addHelpText("after", "\nExample:\n  strata check bookings --strict")
    .action(lazily(async () => (await import("./check.ts")).check));
  strata
    .command("groups [pipeline]")
    .description("print the job's input: each stage's datasets with their SQL")
    .addOption(rootOption())
    .addOption(stackOption())
    .addHelpText("after", "\nExample:\n  strata groups bookings --stack dev")
    .action(lazily(async () => (await import("./emit.ts")).groups));
  strata
    .command("asl [pipeline]")
    .description("print the state machine's definition")
    .addOption(rootOption())
    .addOption(stackOption())
    .addHelpText("after", "\nExample:\n  strata asl bookings --stack dev")
    .action(lazily(async () => (await import("./emit.ts")).asl));
  strata
    .command("plan [pipeline]")
    .description("print the plan, or the changes since a git ref")
    .addOption(rootOption())
    .addOption(stackOption())
    .addOption(
      new Option("--format <format>", "output format").choices(["text", "json", "mermaid", "markdown"]).default("text"),
    )
    .option("--diff <ref>", "compare with the files at a git ref")
    .option("--all", "with --diff: every pipeline, including removed ones")
    .addHelpText("after", "\nExample:\n  strata plan bookings --diff main --format markdown")
    .action(lazily(async () => (await import("./plan.ts")).plan));
  strata
    .command("permissions [pipeline]")
    .description("print a stack's permissions: every role's policies, as deployed")
    .addOption(rootOption())
    .addOption(stackOption().makeOptionMandatory())
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExample:\n  strata permissions bookings --stack prod")
    .action(lazily(async () => (await import("./permissions.ts")).permissions));
  strata
    .command("verify")
    .description("run the stack's canary on AWS with your credentials, and check Strata's assumptions about AWS")
    .addOption(rootOption())
    .addOption(stackOption().makeOptionMandatory())
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExample:\n  strata verify --stack dev")
    .action(lazily(async () => (await import("./verify.ts")).verify));
  strata
    .command("import <source> [name]")
    .description("copy an existing pair of JSON files and its SQL folder into the root, then check them")
    .addOption(rootOption())
    .addHelpText("after", "\nExample:\n  strata import ../old-pipeline sales")
    .action(lazily(async () => (await import("./import.ts")).importPipeline));
}

function addRunCommands(strata: Command): void {
  strata
    .command("data")
    .description("write the sample's raw tables")
    .option("--scale <scale>", "small (a fiftieth of medium), medium, or a factor of medium", "small")
    .addOption(rootOption())
    .addOption(lakeOption())
    .addHelpText("after", "\nExample:\n  strata data --scale medium")
    .action(lazily(async () => (await import("./data.ts")).data));
  strata
    .command("run [pipeline]")
    .description("run a pipeline locally, through the definition that a deployment would use")
    .addOption(rootOption())
    .addOption(lakeOption())
    .addOption(new Option("--engine <engine>", "what computes").choices(["sail", "spark"]).default("sail"))
    .option("--from <stage>", "first stage to run")
    .option("--until <stage>", "last stage to run")
    .option("--stages <names>", "only these stages, comma-separated")
    .option("--datasets <names>", "only these datasets, comma-separated")
    .option("--param <name=value>", "value of a parameter; repeatable", collect, [])
    .option("--each <range>", "run once for each day of a date parameter, in order: [name=]first..last")
    .option("--again", "with --each: run completed days again; datasets that append then append twice")
    .option("--execution <name>", "resume an execution: what it has committed is not written again")
    .option("--concurrency <n>", "datasets at the same time (default: from the number of cores)")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExample:\n  strata run bookings --from fact_stage\n  strata run bookings --each run_date=2026-01-01..2026-01-31\n  strata run --execution bookings-20261124T170000Z-0a1b2c",
    )
    .action(lazily(async () => (await import("./run.ts")).run));
  strata
    .command("query <sql> [pipeline]")
    .description("query the tables of the local catalog")
    .addOption(rootOption())
    .addOption(lakeOption())
    .addOption(
      new Option("--format <format>", 'output format; in CSV, NULL is an empty field, and an empty string is `""`')
        .choices(["text", "json", "csv"])
        .default("text"),
    )
    .option("--limit <rows>", "most rows of a text table; 0 for all (default: 100)")
    .option("--as-of <run>", "Iceberg tables as of a generation, an ISO time or an execution")
    .addHelpText("after", '\nExample:\n  strata query "SELECT count(*) FROM fact_bookings"')
    .action(lazily(async () => (await import("./query.ts")).query));
  strata
    .command("parity [pipeline]")
    .description("run on Sail and on Spark, in temporary lakes, and compare every target")
    .addOption(rootOption())
    .addOption(lakeOption())
    .option("--datasets <names>", "only these datasets, comma-separated; others are read from the lake")
    .option("--param <name=value>", "value of a parameter; repeatable", collect, [])
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExample:\n  strata parity bookings --datasets fact_bookings")
    .action(lazily(async () => (await import("./parity.ts")).parity));
  strata
    .command("recover [pipeline]")
    .description("finish or undo an interrupted run, or go back to an earlier generation")
    .addOption(rootOption())
    .addOption(lakeOption())
    .addOption(
      new Option("--stack <stack>", "targets of a deployed stack, with your AWS credentials, instead of a lake"),
    )
    .option("--datasets <names>", "only these datasets, comma-separated")
    .option("--generations", "list the current and the kept generations; changes nothing")
    .option("--to <generation>", "go back to a kept generation of the dataset in --datasets")
    .option("--rebuild <dataset>", "show what is left of a damaged target; with --yes make that its content")
    .option("--yes", "with --rebuild: write the change")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nExample:\n  strata recover bookings\n  strata recover bookings --datasets fact_bookings --generations\n  strata recover bookings --datasets fact_bookings --to 11\n  strata recover bookings --rebuild fact_bookings\n  strata recover bookings --rebuild fact_bookings --yes",
    )
    .action(lazily(async () => (await import("./recover.ts")).recover));
  strata
    .command("start")
    .description("the tour: sample data, a run, a first query (what `npm start` does)")
    .addHelpText("after", "\nExample:\n  strata start")
    .action(lazily(async () => (await import("./start.ts")).start));
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

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
  await program().parseAsync(process.argv);
} catch (problem) {
  // Commander has printed the error; help and --version also end here, with exit code 0.
  if (problem instanceof CommanderError) process.exitCode = problem.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = fail(problem);
}
