/** An error of the user or the machine, as one line with the remedy. */
export class UserError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.name = "UserError";
    this.help = help;
  }
}
