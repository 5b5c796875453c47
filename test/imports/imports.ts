/** What every file of TypeScript, JavaScript and Python imports: files of this repository, and packages. */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import typescript from "typescript";

/** A file's imports: paths relative to the folder, names of packages, and `node:x`. Python's own modules are left out. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** All files of code below a folder of a root. */
export function filesOf(root: string, folder: string): string[] {
  if (/\.\w+$/.test(folder)) return [folder];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|mjs|py)$/.test(entry.name))
    .filter((entry) => !entry.parentPath.includes("node_modules"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** What files of a root import, for the type checker only, too. `python` is an interpreter. */
export function importsOf(root: string, files: readonly string[], python: string): Imports {
  const inPython = files.filter((file) => file.endsWith(".py"));
  const rest = files.filter((file) => !file.endsWith(".py"));
  return new Map([
    ...rest.map((file) => [file, ofTypeScript(root, file)] as const),
    ...(inPython.length === 0 ? [] : ofPython(root, inPython, python)),
  ]);
}

function ofTypeScript(root: string, file: string): string[] {
  const { importedFiles } = typescript.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
  return importedFiles.map(({ fileName }) => {
    const path = fileName.startsWith(".") ? join(dirname(file), fileName) : fileName;
    return path === fileName || path.startsWith("node_modules/") ? packageOf(path.replace("node_modules/", "")) : path;
  });
}

function packageOf(specifier: string): string {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return builtinModules.includes(name) ? `node:${name}` : name;
}

function ofPython(root: string, files: readonly string[], python: string): [string, string[]][] {
  const script = join(import.meta.dirname, "python_imports.py");
  const output = execFileSync(python, [script, ...files], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  const { standard, imports } = JSON.parse(output) as {
    standard: readonly string[];
    imports: Record<string, readonly string[]>;
  };
  return Object.entries(imports).map(([file, modules]) => {
    const found = modules.map((name) => fileOf(root, file, name) ?? name.split(".")[0] ?? "");
    return [file, [...new Set(found)].filter((name) => name !== file && !standard.includes(name))];
  });
}

/** The file of a module: one of the package's, or a script beside it. */
function fileOf(root: string, file: string, name: string): string | undefined {
  const path = name.split(".");
  const whole = [path, path.slice(0, -1)].filter((parts) => parts.length > 0);
  const tries = whole.flatMap((parts) =>
    ["", "glue", dirname(file)].flatMap((folder) => [
      `${join(folder, ...parts)}.py`,
      join(folder, ...parts, "__init__.py"),
    ]),
  );
  return tries.find((each) => existsSync(join(root, each)));
}

/** Groups of files that import each other, in a circle. */
export function cyclesOf(imports: Imports): string[][] {
  const reach = (from: string) => {
    const seen = new Set<string>();
    const open = [...(imports.get(from) ?? [])];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      open.push(...(imports.get(file) ?? []));
    }
    return seen;
  };
  const reached = new Map([...imports.keys()].map((file) => [file, reach(file)]));
  const circles = [...reached].flatMap(([file, others]) =>
    others.has(file) ? [[...others].filter((other) => reached.get(other)?.has(file)).sort()] : [],
  );
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()];
}
