let armed: { readonly name: string; readonly crash: () => void } | undefined
let left = 0

/**
 * A named point at which a test may end the process as a power cut would. Costs nothing where none is armed.
 *
 * Names say the part and what has just been done: `verifier answered`.
 */
export function crashPoint(name: string): void {
  if (armed === undefined || armed.name !== name) return
  left--
  if (left === 0) armed.crash()
}

/**
 * Arms one point of this process; for tests of faults alone.
 *
 * @param options.atPass - at which pass of the point, from 1; default 1
 * @param options.crash - default: SIGKILL to this process
 */
export function armCrashPoint(name: string | undefined, options: { readonly atPass?: number; readonly crash?: () => void } = {}): void {
  const { atPass = 1, crash = () => void process.kill(process.pid, 'SIGKILL') } = options
  armed = name === undefined ? undefined : { name, crash }
  left = atPass
}
