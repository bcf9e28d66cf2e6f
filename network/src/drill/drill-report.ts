/** A number that a drill measured; times of the chain in block times, so that figures of different machines can be compared. */
export interface DrillFigure {
  readonly name: string
  readonly value: number
  readonly unit: 'ms' | 'block times' | 'blocks' | 'writes' | 'writes/s' | 'nodes' | ''
}

/** What the network is to keep to, and whether it did. */
export interface DrillPromise {
  readonly text: string
  readonly measured: number
  /** `measured` may be so much at most. */
  readonly limit: number
  readonly kept: boolean
}

/** One fault and what came of it. */
export interface DrillRun {
  readonly name: string
  readonly figures: readonly DrillFigure[]
  readonly promises: readonly DrillPromise[]
  /** What a reader has to know to read the figures right. */
  readonly remarks?: readonly string[]
}

/** A whole drill. */
export interface DrillReport {
  readonly scenario: string
  readonly seed: string
  readonly startedAt: string
  readonly durationMs: number
  readonly blockTimeMs: number
  /** What else was going on: figures under load are figures under load. */
  readonly machine: { readonly cores: number; readonly loadBefore: number; readonly loadAfter: number; readonly ownDelayP99Ms: number }
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly runs: readonly DrillRun[]
  readonly kept: boolean
}

export function figure(name: string, value: number, unit: DrillFigure['unit']): DrillFigure {
  return { name, value: Math.round(value * 100) / 100, unit }
}

/** A promise that a figure is at most `limit`; what could not be measured breaks it. */
export function atMost(text: string, measured: number, limit: number): DrillPromise {
  return { text, measured: Math.round(measured * 100) / 100, limit, kept: measured <= limit }
}
