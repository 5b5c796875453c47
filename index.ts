/** The Pulumi program. Everything is in components/program.ts; this file only hands over the folder it stands in. */

import { program } from "./components/program.ts";

export default () => program(import.meta.dirname);
