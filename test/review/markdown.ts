/**
 * What of a comment GitHub would read as Markdown, as opposed to code: fences and code spans taken out by CommonMark's
 * rules (a fence ends with at least as many backticks; a span with exactly as many).
 */

export interface Outline {
  /** The text outside of code. */
  readonly prose: string;
  /** False where a fence or a span never ends. */
  readonly balanced: boolean;
}

export function outline(markdown: string): Outline {
  const prose: string[] = [];
  let fence: string | undefined;
  let balanced = true;
  for (const line of markdown.split("\n")) {
    const [, run = "", rest = ""] = /^ {0,3}(`{3,})(.*)$/.exec(line) ?? [];
    if (fence === undefined && run !== "" && !rest.includes("`")) fence = run;
    else if (fence !== undefined) {
      if (run.length >= fence.length && rest.trim() === "") fence = undefined;
    } else {
      const bare = withoutSpans(line);
      balanced &&= !bare.includes("`");
      prose.push(bare);
    }
  }
  return { prose: prose.join("\n"), balanced: balanced && fence === undefined };
}

function withoutSpans(line: string): string {
  let text = "";
  for (let at = 0; at < line.length; ) {
    const [run = ""] = /^`+/.exec(line.slice(at)) ?? [];
    if (run === "") {
      text += line[at];
      at += 1;
      continue;
    }
    const end = [...line.slice(at + run.length).matchAll(/`+/g)].find(([each]) => each.length === run.length)?.index;
    if (end === undefined) {
      text += run;
      at += run.length;
    } else at += run.length + end + run.length;
  }
  return text;
}
