import type { ChildProcess } from "node:child_process";

/** Kills a child's process group (it must lead one: `detached`) when we end; answers how to stop that. */
export function endWithUs(child: ChildProcess): () => void;
