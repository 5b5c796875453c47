/** The one function for names: valid for AWS, unique for whatever an author writes. */

import { assert } from "chai";
import fc from "fast-check";
import { NAME_KINDS, type NameKind } from "../../settings/name-kinds.ts";
import { nameFor, patternsFor } from "../../settings/names.ts";
import { like } from "../iam/evaluate.ts";

const KINDS = Object.keys(NAME_KINDS) as NameKind[];
const STRANGE = [
  "",
  " ",
  "10",
  "9",
  "A",
  "a",
  "a-b",
  "b-c",
  "__proto__",
  "constructor",
  'qu"ote',
  "it's",
  "Größe",
  "😀",
  "x".repeat(200),
  `${"x".repeat(199)}y`,
  "a/b",
  "a.b",
  "ａ",
  "\u0130",
];

describe("names", () => {
  for (const kind of KINDS) {
    const { limit, allowed, parts } = NAME_KINDS[kind];
    const texts = fc.array(fc.oneof(fc.constantFrom(...STRANGE), fc.string({ unit: "grapheme", maxLength: 250 })), {
      minLength: parts,
      maxLength: parts,
    });

    it(`${kind}: valid, and the same each time`, () => {
      fc.assert(
        fc.property(texts, (given) => {
          const name = nameFor(kind, ...given);
          assert.isAtLeast(name.length, 1);
          assert.isAtMost(name.length, limit);
          assert.isTrue(
            [...name].every((character) => allowed.test(character)),
            name,
          );
          assert.equal(nameFor(kind, ...given), name);
        }),
      );
    });

    it(`${kind}: distinct parts give distinct names, without regard to case where AWS has none`, () => {
      const fold = (name: string) => (NAME_KINDS[kind].case === "sensitive" ? name : name.toLowerCase());
      fc.assert(
        fc.property(texts, texts, (one, other) => {
          fc.pre(JSON.stringify(one) !== JSON.stringify(other));
          assert.notEqual(fold(nameFor(kind, ...one)), fold(nameFor(kind, ...other)));
        }),
      );
      const rest = Array.from({ length: parts - 1 }, () => "p");
      const names = STRANGE.map((text) => fold(nameFor(kind, ...rest, text)));
      assert.equal(new Set(names).size, STRANGE.length);
    });
  }

  it("keeps a name that is valid as it is", () => {
    assert.equal(nameFor("job", "bookings", "dev", "fact_stage"), "bookings-dev-fact_stage");
    assert.equal(nameFor("bucket", "postgres-repo", "prod", "222222222222"), "postgres-repo-prod-222222222222");
    assert.equal(nameFor("database", "bookings", "dev"), "bookings_dev");
  });

  it("distinguishes `a-b` with `c` from `a` with `b-c`", () => {
    assert.notEqual(nameFor("stateMachine", "a-b", "c"), nameFor("stateMachine", "a", "b-c"));
  });

  it("patterns match every name that begins with their parts", () => {
    const open = KINDS.filter((kind) => NAME_KINDS[kind].parts > 1);
    const text = fc.oneof(fc.constantFrom(...STRANGE), fc.string({ unit: "grapheme", maxLength: 250 }));
    fc.assert(
      fc.property(fc.constantFrom(...open), text, text, text, (kind, first, second, last) => {
        const known = [first, second].slice(0, NAME_KINDS[kind].parts - 1);
        const name = nameFor(kind, ...known, last);
        assert.isTrue(
          patternsFor(kind, known).some((pattern) => like(pattern, name)),
          `${name} is not one of ${patternsFor(kind, known).join(", ")}`,
        );
      }),
    );
  });

  it("patterns hold no wildcard of an author's", () => {
    assert.deepEqual(patternsFor("role", ["*", "dev"]), ["x-dev-*"]);
  });
});
