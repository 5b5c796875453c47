/** Starting of a program that belongs to us: it lives and dies with us. */

import { spawn } from "node:child_process";

/**
 * Runs a program in the foreground and answers its exit code.
 *
 * Ctrl-C reaches the program through the terminal's process group; SIGTERM and SIGHUP are passed on. The IPC channel
 * tells it when we are gone, even by SIGKILL: its `disconnect` event then fires.
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
 * Runs a program to its end and answers its exit code and the end of what it printed. Asynchronous, so that Ctrl-C and the
 * end of our parent are noticed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runCaptured(command, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => (output = `${output}${chunk}`.slice(-20_000)));
    child.on("error", (problem) => resolve({ code: 1, output: String(problem) }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGTERM: 15 };
