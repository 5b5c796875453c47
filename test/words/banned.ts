/** Phrases that messages, comments and pages avoid: what is wrong with each, and what to write instead. */

export interface Banned {
  /** A regular expression; a blank stands for any white space, so a phrase may span lines. */
  readonly phrase: string;
  readonly why: string;
  /** A sentence with the phrase, and the same as it should read. */
  readonly wrong: string;
  readonly right: string;
}

const BE = "(?:is|are|was|were|be|been|being)";

export const BANNED: readonly Banned[] = [
  {
    phrase: `(?<![Tt]here )\\b${BE} no (?!longer\\b|more\\b|less\\b|better\\b|\\w+er than\\b)`,
    why: "negate the verb",
    wrong: "the file is no Parquet",
    right: "the file is not a Parquet file",
  },
  {
    phrase: `(?<![Tt]here )\\b${BE} (?-i:none)\\b`, // not Python's `is None`
    why: "negate the verb",
    wrong: "a name that is none",
    right: "an unknown name",
  },
  {
    phrase: "\\b(?:stands|stood)\\b|\\b(?:it|they|that|which|rows) stand\\b|\\bstanding\\b",
    why: "files do not stand",
    wrong: "the old rows stand",
    right: "the old rows remain current",
  },
  {
    phrase: "\\b(?:told|tells?|telling)\\b(?!\\()",
    why: "name the act: report, show, distinguish, determine",
    wrong: "the mistake is told with its line",
    right: "the error names its line",
  },
  {
    phrase: `\\b${BE} said\\b|\\bsays so\\b`,
    why: "name the act: report, warn, document",
    wrong: "a failure is said",
    right: "a failure is reported",
  },
  {
    phrase: "\\b(?:of|from|by) (?:ours|theirs)\\b",
    why: "use a possessive",
    wrong: "a role of ours",
    right: "one of the stack's roles",
  },
  {
    phrase: "\\b(?:whoever|somebody|nobody)\\b",
    why: "name the actor",
    wrong: "nobody reads there",
    right: "no reader lists that folder",
  },
  {
    phrase: "\\b(?:broke|breaks?|broken|breaking) off\\b",
    why: "interrupt is the term",
    wrong: "an upload that broke off",
    right: "an interrupted upload",
  },
  {
    phrase: "\\b(?:lies|lay|lying)\\b|\\b(?:files|they|that|which|may|must|it) lie\\b",
    why: "data is at a location",
    wrong: "the record lies below the target",
    right: "the record is below the target",
  },
  {
    phrase: "\\btid(?:y|ied|ies|ying)\\b",
    why: "clean up is the term",
    wrong: "tidy the attempt's folder",
    right: "clean up the attempt's folder",
  },
  {
    phrase: "(?<!time )\\btravel(?:s|led|ling)?\\b",
    why: "arguments are encoded and passed",
    wrong: "as the argument travels",
    right: "as the argument is encoded",
  },
  {
    phrase: "\\bask(?:s|ed)? of\\b",
    why: "name the act: request, require, query",
    wrong: "what is asked of the store",
    right: "the requests to the store",
  },
  {
    phrase: "\\bgo(?:es)? on with\\b|\\bwent on\\b|\\bgoing on with\\b",
    why: "resume or continue",
    wrong: "goes on with the execution",
    right: "resumes the execution",
  },
  { phrase: "\\bas ever\\b", why: "adds nothing", wrong: "runs as ever", right: "runs as usual" },
  {
    phrase: "\\bwithout a word\\b",
    why: "silently is the word",
    wrong: "skips it without a word",
    right: "silently skips it",
  },
  { phrase: "\\bbut for\\b", why: "except is the word", wrong: "all but for one", right: "all except one" },
  { phrase: "\\banew\\b", why: "archaic", wrong: "start it anew", right: "start it again" },
  {
    phrase: "\\brooms?\\b",
    why: "code is in folders and packages",
    wrong: "the room of the rules",
    right: "the folder of the rules",
  },
  {
    phrase: "\\b(?:freight|cargo|surroundings|leftovers?|strays?)\\b",
    why: "a private word: see the list in docs/architecture.md",
    wrong: "removes leftovers",
    right: "removes orphan files",
  },
  {
    phrase: "\\b(?:hears|heard)\\b",
    why: "a process gets an error",
    wrong: "the other hears `TARGET_CHANGED`",
    right: "the other fails with `TARGET_CHANGED`",
  },
  {
    phrase: "\\bbears?\\b",
    why: "files and states have names",
    wrong: "the Task bears the stage's name",
    right: "the Task has the stage's name",
  },
  {
    phrase: "\\bwhat (?:it|they|each) came to\\b",
    why: "outcome is the word",
    wrong: "what it came to",
    right: "its outcome",
  },
  {
    phrase: "\\bfor good\\b",
    why: "permanently is the word",
    wrong: "removes it for good",
    right: "removes it permanently",
  },
  {
    phrase: "\\b(?:that|what) (?:is|are) there already\\b",
    why: "existing is the word",
    wrong: "a bucket that is there already",
    right: "an existing bucket",
  },
  {
    phrase: "\\b(?:of|by|with) one name\\b",
    why: "two things have the same name",
    wrong: "two tables of one name",
    right: "two tables with the same name",
  },
  {
    phrase: "\\bown words\\b",
    why: "an engine has messages",
    wrong: "the engine's own words",
    right: "the engine's message",
  },
  {
    phrase: '(?:^|/\\*\\*|"""|[.;:]\\s)\\s*Answers (?!as\\b|=)',
    why: "functions return",
    wrong: "Answers the file's text",
    right: "Returns the file's text",
  },
];
