/** Reads a grammar in the notation of `spark-grammar.ts`. */

/** A part of a grammar. */
export type Part =
  | { readonly kind: "word" | "sign" | "class" | "rule"; readonly text: string; readonly isGlued?: boolean }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Part[] }
  | { readonly kind: "optional" | "any" | "some" | "list"; readonly part: Part };

const SUFFIXES = { "?": "optional", "*": "any", "+": "some", "%": "list" } as const;

/** The rules of a grammar by their names, in its order. */
export function readGrammar(text: string): Map<string, Part> {
  const rules = text.trim().split(/\n(?=\w)/);
  return new Map(
    rules.map((rule) => {
      const [name = "", body = ""] = rule.split(/:(.*)/s);
      return [name, alternatives(body.match(/'[^']+'|\w+|[~?*+%()|]/g) ?? [])];
    }),
  );
}

function alternatives(pieces: string[]): Part {
  const parts = [sequence(pieces)];
  while (pieces[0] === "|") {
    pieces.shift();
    parts.push(sequence(pieces));
  }
  return parts.length === 1 && parts[0] ? parts[0] : { kind: "choice", parts };
}

function sequence(pieces: string[]): Part {
  const parts: Part[] = [];
  while (pieces.length > 0 && pieces[0] !== "|" && pieces[0] !== ")") parts.push(suffixed(pieces));
  return parts.length === 1 && parts[0] ? parts[0] : { kind: "sequence", parts };
}

function suffixed(pieces: string[]): Part {
  let part = single(pieces);
  for (;;) {
    const suffix = SUFFIXES[pieces[0] as keyof typeof SUFFIXES];
    if (suffix === undefined) return part;
    pieces.shift();
    part = { kind: suffix, part };
  }
}

function single(pieces: string[]): Part {
  const piece = pieces.shift() ?? "";
  if (piece === "(") {
    const inner = alternatives(pieces);
    pieces.shift();
    return inner;
  }
  if (piece === "~") return { kind: "sign", text: (pieces.shift() ?? "").slice(1, -1), isGlued: true };
  if (piece.startsWith("'")) return { kind: "sign", text: piece.slice(1, -1) };
  if (/^[A-Z_]+$/.test(piece)) return { kind: "word", text: piece };
  return { kind: /^[A-Z]/.test(piece) ? "class" : "rule", text: piece };
}
