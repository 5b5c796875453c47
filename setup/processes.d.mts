/** A process of this machine, or of another that shares its files. */
export interface ProcessId {
  readonly pid: number;
  /** Its start, as the system reports it: a later process with the same id started at another time. */
  readonly began: string;
  /** Machine, its start, and the space that numbers of processes are counted in. */
  readonly host: string;
  readonly boot: string;
  readonly space: string;
}
/** This process. */
export function thisProcess(): ProcessId;
/** False only if the process has certainly ended; unknown for another machine or container. */
export function mayRun(process: ProcessId): boolean;
