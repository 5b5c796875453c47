/** How figures are printed. */

export const count = (number: number) => number.toLocaleString("en-US").padStart(6);
export const percent = (part: number, whole: number) => `(${((100 * part) / whole).toFixed(2)} %)`;
export const print = (line: string) => process.stdout.write(`${line}\n`);
