/** Starts child programs that end with this process. */

import { spawn } from "node:child_process";

/**
 * Runs a program in the foreground and returns its exit code.
 *
 * Ctrl-C reaches the program through the terminal's process group; SIGTERM and SIGHUP are passed on. The IPC channel
 * detects the end of this process, even by SIGKILL: the child's `disconnect` event then fires.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} 128 + the signal's number if a signal ended it
 */
export function runForeground(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["inherit", "inherit", "inherit", "ipc"], env });
    const pass = (signal) => () => child.kill(signal);
    const ignore = () => {};
    const handlers = { SIGINT: ignore, SIGTERM: pass("SIGTERM"), SIGHUP: pass("SIGHUP") };
    for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const [name, handler] of Object.entries(handlers)) process.off(name, handler);
      resolve(code ?? 128 + (SIGNALS[signal] ?? 0));
    });
  });
}

/**
 * Runs a program to its end and returns its exit code and the end of its output. Its children end with this process: a
 * fatal signal is passed to its process group; after a SIGKILL its standard input closes.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runCaptured(command, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env, detached: true });
    child.stdin.on("error", () => {}); // it may have ended
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => (output = `${output}${chunk}`.slice(-20_000)));
    const letGo = endWithUs(child);
    const end = (code, said) => {
      letGo();
      resolve({ code, output: said });
    };
    child.on("error", (problem) => end(1, String(problem)));
    child.on("close", (code) => end(code ?? 1, output));
  });
}

/**
 * Kills a child's process group (it must lead one: `detached`) when this process ends; returns a function that undoes it.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void}
 */
export function endWithUs(child) {
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group has already ended.
    }
  };
  const endBy = (signal) => () => {
    kill();
    process.exit(128 + SIGNALS[signal]);
  };
  const handlers = { exit: kill, disconnect: endBy("SIGTERM") };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) handlers[signal] = endBy(signal);
  // Before earlier handlers: a clean-up at exit must not run while the child writes.
  for (const [name, handler] of Object.entries(handlers)) process.prependListener(name, handler);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) process.off(name, handler);
  };
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGTERM: 15 };
