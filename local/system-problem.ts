/** Errors of the operating system, as messages with a remedy. */

/** Errors that the user can fix: a full disk, a missing permission. */
export function systemProblem(problem: unknown): string | undefined {
  const { code, path, syscall } = problem as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOSPC: "the disk is full: free some space and run the command again",
    EDQUOT: "the disk quota is used up: free some space and run the command again",
    EFBIG: "the file exceeds the size limit: raise it (`ulimit -f`)",
    EACCES: "permission denied: choose a folder that you may write to",
    EPERM: "not permitted: choose a folder that you may write to",
    EROFS: "the file system is read-only: choose another folder",
    ENAMETOOLONG: "a file name is too long for this file system: shorten the name",
    EEXIST: "a file is in the way: name a folder, or move the file",
    EISDIR: "a folder is in the way: name a file, or move the folder",
    ENOENT: "there is no such file or folder: correct the path",
    ENOTDIR: "a file is in the way: correct the path, or move the file",
    EMFILE: "too many open files: raise the limit (`ulimit -n`)",
  };
  const text = code === undefined ? undefined : (known[code] ?? (syscall && `cannot ${syscall} (${code})`));
  return text === undefined ? undefined : `${path === undefined ? "" : `${path}: `}${text}`;
}
