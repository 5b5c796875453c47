/** The compiler's time a dataset stays the same, however many datasets there are. */

import { assert } from "chai";
import { costsOfMany } from "../../bench/scale.ts";

describe("compiling many datasets", () => {
  it("takes the same CPU time for each of 500 and of 5,000", function () {
    this.timeout(120_000);
    const { few, many } = costsOfMany(20, (costs) => costs.many < 1.3 * costs.few);
    // A loop over all pairs makes this 10, one over a few fields 4.
    assert.isBelow(many / few, 1.3, `${few.toFixed(0)} and ${many.toFixed(0)} microseconds`);
  });
});
