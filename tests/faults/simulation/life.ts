/** Runs code as somebody's. A frame that is kept costs less than one made for each event. */
export type Enter = <T>(work: () => T) => T

/** One life of a program on a machine. What it does after its death is never seen by anybody. */
export interface Life {
  readonly machine: string
  /** Never used twice. */
  readonly number: number
  isAlive: boolean
  /** Settles at its death. */
  readonly death: Promise<void>
  readonly die: () => void
  readonly enter: Enter
}

/** What is never answered: whoever awaits it is dead. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined)
}
