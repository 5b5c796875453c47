/** The bootstrap program; everything is in bootstrap/program.ts. */

import { bootstrap } from "./program.ts";

export default () => bootstrap();
