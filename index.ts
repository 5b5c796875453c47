/** The Pulumi program: passes its folder to components/program.ts. */

import { program } from "./components/program.ts";

export default () => program(import.meta.dirname);
