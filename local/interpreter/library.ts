/** Loads `aws-local-stepfunctions` with its gaps closed (patches.ts). */

import { registerHooks } from "node:module";
import type { StateMachine as StateMachineClass } from "aws-local-stepfunctions";
import { patch } from "./patches.ts";

/** The library's interpreter. */
export type Library = { readonly StateMachine: typeof StateMachineClass };

const ENTRY = /\/aws-local-stepfunctions\/build\/main\.node\.esm\.js$/;

let loaded: Promise<Library> | undefined;

/** Loads once a process. The hook touches this one module and is taken away again. */
export function loadLibrary(): Promise<Library> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Library> {
  let patched = false;
  const hooks = registerHooks({
    load(url, context, next) {
      const result = next(url, context);
      if (!ENTRY.test(url)) return result;
      patched = true;
      return { ...result, source: patch(String(result.source)) };
    },
  });
  try {
    const library = (await import("aws-local-stepfunctions")) as unknown as Library;
    if (!patched) throw new Error("aws-local-stepfunctions was loaded before its patches");
    return library;
  } finally {
    hooks.deregister();
  }
}
