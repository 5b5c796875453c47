/** A failure as Step Functions names it: `name` is what Retry and Catch match, for example `Glue.ConcurrentRunsExceededException`. */
export class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
