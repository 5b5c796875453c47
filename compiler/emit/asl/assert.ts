/**
 * Assertions inside a Task's ResultSelector.
 *
 * A redrive starts at the state that failed, with the same input. Failing in a Fail state would make it fail again at
 * once; failing inside the Task makes a redrive call the service anew. So there is one Fail state, behind bad input.
 */

/**
 * An intrinsic that is `expected` where the path holds exactly that text, and fails (States.IntrinsicFailure) otherwise:
 * of two equal texts one is unique, so the index is 1; of two different ones it is 2, which is out of range.
 */
export function mustEqual(path: string, expected: string): string {
  return `States.ArrayGetItem(States.Array('', '${expected}'), States.ArrayLength(States.ArrayUnique(States.Array(${path}, '${expected}'))))`;
}
