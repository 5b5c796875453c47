import type { ChildProcess } from "node:child_process";

/** Kills a child's process group (it must lead one: `detached`) when this process ends; returns a function that undoes it. */
export function endWithUs(child: ChildProcess): () => void;
