/** The engine that answers: one worker a command, started for the first question and gone at the end. */

import { startWorker, type Worker, type WorkerOptions } from "../worker/worker.ts";
import type { Answer, Question } from "./answer.ts";

/** Most workers of a command: a query that kills one takes the next one's start along. */
const MOST_WORKERS = 4;

/** Longest time for one query, in milliseconds, before its worker is killed. */
const PATIENCE_MS = 60_000;

export interface AnalyzingEngine {
  /** The answer; if the engine has ended, or did not answer in time, its `refused` is the reason. `lasting`: whether it may be kept. */
  readonly ask: (question: Question) => Promise<{ readonly answer: Answer; readonly lasting: boolean }>;
  /** Kills the worker, if there is one. */
  readonly end: () => Promise<void>;
}

/** `options`: for each worker that is started. A question is rejected if its worker does not start, or on an abort. */
export function analyzingEngine(options: () => Promise<WorkerOptions>, signal: AbortSignal): AnalyzingEngine {
  let worker: Worker | undefined;
  let started = 0;
  return {
    async ask(question) {
      signal.throwIfAborted();
      if (worker?.isAlive() !== true) {
        if (started === MOST_WORKERS) return lost("the engine ended too often");
        started += 1;
        worker = startWorker(await options());
        await worker.ready;
      }
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
      const either = AbortSignal.any([signal, patience.signal]);
      try {
        return { answer: await worker.ask<Answer>({ analyze: question }, undefined, either), lasting: true };
      } catch (problem) {
        signal.throwIfAborted();
        if (patience.signal.aborted) return lost(`the engine gave no answer in ${PATIENCE_MS / 1000} s`);
        return lost((problem as Error).message);
      } finally {
        clearTimeout(timer);
      }
    },
    async end() {
      await worker?.kill();
    },
  };
}

function lost(why: string) {
  return { answer: { columns: null, mistakes: [], refused: why }, lasting: false };
}
