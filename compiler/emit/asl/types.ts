/**
 * The subset of the Amazon States Language that Strata emits (docs/state-machine.md); JSONata only.
 *
 * It is small on purpose: what is not here is not emitted, so the local interpreter has to get right no more than this.
 * A text between `{%` and `%}` is an expression wherever `Json` or `Expression` says that one may stand.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A text between `{%` and `%}`. */
export type Expression = string;

/** New values of variables, by name. */
export type Assign = { readonly [variable: string]: Json };

/** A state goes on or ends, never both, never neither. */
export type Onward = { readonly Next: string } | { readonly End: true };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: "FULL";
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Assign?: Assign;
  readonly Next: string;
}

export type TaskState = {
  readonly Type: "Task";
  readonly Comment?: string;
  readonly Resource: string;
  readonly TimeoutSeconds: number;
  readonly Arguments: Json;
  readonly Assign?: Assign;
  readonly Output?: Json;
  readonly Retry: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
} & Onward;

export type PassState = {
  readonly Type: "Pass";
  readonly Comment?: string;
  readonly Assign?: Assign;
  readonly Output?: Json;
} & Onward;

export interface ChoiceState {
  readonly Type: "Choice";
  readonly Comment?: string;
  readonly Choices: readonly { readonly Condition: Expression; readonly Next: string }[];
  readonly Default: string;
}

export type WaitState = { readonly Type: "Wait"; readonly Seconds: number } & Onward;

export type MapState = {
  readonly Type: "Map";
  readonly Comment?: string;
  readonly Items: Expression;
  readonly ItemProcessor: {
    readonly ProcessorConfig: { readonly Mode: "INLINE" };
    readonly StartAt: string;
    readonly States: States;
  };
  readonly Output?: Json;
} & Onward;

export interface FailState {
  readonly Type: "Fail";
  readonly Error: string;
  readonly Cause: Expression;
}

export interface SucceedState {
  readonly Type: "Succeed";
}

export type State = TaskState | PassState | ChoiceState | WaitState | MapState | FailState | SucceedState;
export type States = { readonly [name: string]: State };

/** A whole definition. */
export interface StateMachine {
  readonly Comment: string;
  readonly QueryLanguage: "JSONata";
  readonly StartAt: string;
  readonly States: States;
}
