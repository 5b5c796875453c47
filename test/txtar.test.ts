/** Archives hold any bytes, and are written as they were read. */

import { assert } from "chai";
import { contentOf, formatArchive, parseArchive } from "./txtar.ts";

const TEXT = `About the case.
-- a/b c.sql --
SELECT 1 -- x --
-- empty.json --
-- bytes.sql (bytes) --
caf%E9 100%25
é%0D%0A
-- gone.json (absent) --
`;

describe("txtar", () => {
  const archive = parseArchive(TEXT);
  const content = (name: string) => contentOf(archive.sections.find((each) => each.name === name) as never);

  it("has a comment and sections by name and kind", () => {
    assert.equal(archive.comment, "About the case.\n");
    assert.deepEqual(
      archive.sections.map(({ name, kind }) => [name, kind]),
      [
        ["a/b c.sql", ""],
        ["empty.json", ""],
        ["bytes.sql", "bytes"],
        ["gone.json", "absent"],
      ],
    );
    assert.equal(content("a/b c.sql").toString(), "SELECT 1 -- x --\n");
    assert.equal(content("empty.json").length, 0);
  });

  it("holds bytes that are not UTF-8, and files without a newline at the end", () => {
    const expected = [Buffer.from("caf"), Buffer.from([0xe9]), Buffer.from(" 100%é\r\n")];
    assert.deepEqual(content("bytes.sql"), Buffer.concat(expected));
    assert.equal(contentOf({ name: "x", kind: "bytes", body: "SELECT 1\n" }).toString(), "SELECT 1");
  });

  it("is written as it was read, with a newline at the end", () => {
    assert.equal(formatArchive(archive), TEXT);
    assert.equal(formatArchive(parseArchive(TEXT.slice(0, -1))), TEXT);
  });
});
