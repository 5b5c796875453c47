/** Bundles read-setup with all dependencies into one deterministic zip. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { zipSync } from "fflate";

/** Lambda's limit is 50 MB zipped; a fast cold start needs far less. */
export const MAX_BUNDLE_BYTES = 1024 * 1024;

const HERE = dirname(fileURLToPath(import.meta.url));

/** The oldest time that a zip can store. */
const EPOCH = new Date(1980, 0, 1, 12);

/** The same sources give the same bytes, in any checkout. */
export async function bundleReadSetup(): Promise<Uint8Array> {
  const result = await build({
    // Relative: esbuild treats a `*` in the checkout's path as a pattern.
    entryPoints: ["./lambdas/read-setup/handler.ts"],
    absWorkingDir: join(HERE, "..", ".."),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    minify: true,
    write: false,
    outfile: "index.mjs",
    legalComments: "none",
    // jsonc-parser's CommonJS form hides its imports from a bundler.
    mainFields: ["module", "main"],
    // Packages in CommonJS call `require` for Node's own modules.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  const [bundle] = result.outputFiles;
  if (bundle === undefined) throw new Error("esbuild wrote no file");
  const zipped = zipSync({ "index.mjs": bundle.contents }, { mtime: EPOCH, level: 9 });
  if (zipped.length > MAX_BUNDLE_BYTES)
    throw new Error(`read-setup has ${zipped.length} bytes zipped, more than ${MAX_BUNDLE_BYTES} `);
  return zipped;
}
