/**
 * The subset of the Amazon States Language that Strata emits (docs/state-machine.md); JSONPath only.
 *
 * It is small on purpose: what is not here is not emitted, so the local interpreter has to get right no more than this.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

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
  readonly ResultPath: null | string;
  readonly Next: string;
}

export type TaskState = {
  readonly Type: "Task";
  readonly Comment?: string;
  readonly Resource: string;
  readonly TimeoutSeconds: number;
  readonly Parameters: Json;
  readonly ResultSelector?: Json;
  readonly ResultPath: string | null;
  readonly Retry: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
} & Onward;

export type PassState = {
  readonly Type: "Pass";
  readonly Comment?: string;
  readonly Result?: Json;
  readonly Parameters?: Json;
  readonly ResultPath?: string;
} & Onward;

/** One condition of a Choice. */
export type Condition =
  | { readonly Variable: string; readonly StringEquals: string }
  | { readonly Variable: string; readonly BooleanEquals: boolean }
  | { readonly Variable: string; readonly NumericEquals: number }
  | { readonly Variable: string; readonly NumericGreaterThan: number }
  | { readonly Variable: string; readonly NumericGreaterThanEquals: number }
  | { readonly Variable: string; readonly NumericLessThanPath: string }
  | { readonly Variable: string; readonly NumericGreaterThanPath: string }
  | { readonly Variable: string; readonly IsNull: true }
  | { readonly Variable: string; readonly IsString: true }
  | { readonly Variable: string; readonly IsNumeric: true }
  | { readonly Variable: string; readonly IsBoolean: true }
  | { readonly Variable: string; readonly IsPresent: true }
  | { readonly And: readonly Condition[] }
  | { readonly Or: readonly Condition[] }
  | { readonly Not: Condition };

export interface ChoiceState {
  readonly Type: "Choice";
  readonly Comment?: string;
  readonly Choices: readonly (Condition & { readonly Next: string })[];
  readonly Default: string;
}

export type WaitState = { readonly Type: "Wait"; readonly Seconds: number } & Onward;

export type MapState = {
  readonly Type: "Map";
  readonly Comment?: string;
  readonly ItemsPath: string;
  readonly ItemSelector: Json;
  readonly ItemProcessor: {
    readonly ProcessorConfig: { readonly Mode: "INLINE" };
    readonly StartAt: string;
    readonly States: States;
  };
  readonly MaxConcurrency?: number;
  readonly ResultPath: string | null;
} & Onward;

export interface FailState {
  readonly Type: "Fail";
  readonly Error: string;
  readonly CausePath: string;
}

export interface SucceedState {
  readonly Type: "Succeed";
}

export type State = TaskState | PassState | ChoiceState | WaitState | MapState | FailState | SucceedState;
export type States = { readonly [name: string]: State };

/** A whole definition. */
export interface StateMachine {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: States;
}
