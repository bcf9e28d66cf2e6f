import { createPublicKey, type KeyObject, verify } from 'node:crypto'

/** What a world has in place of the platform's. */
export interface Globals {
  readonly startMs: number
  readonly nowMs: () => number
  /** What the clock of the machine says whose program asks. */
  readonly calendarMs: () => number
  readonly after: (ms: number, happen: () => void) => () => void
  readonly fillRandomly: (bytes: Uint8Array) => void
}

/** When a signal of `AbortSignal.timeout` aborts. The simulated network heeds it; no timer is kept for each call that is answered long before. */
const deadlines = new WeakMap<AbortSignal, number>()

/** @returns undefined for a signal that no time aborts */
export function deadlineOf(signal: AbortSignal | null | undefined): number | undefined {
  return signal === null || signal === undefined ? undefined : deadlines.get(signal)
}

/** The form of signatures that WebCrypto has: r and s, 32 bytes each. */
export const dsaEncoding = 'ieee-p1363'

/** Puts a world's time and chance in place of the platform's. @returns undoes it */
export function replaceGlobals(world: Globals): () => void {
  const undo: (() => void)[] = []
  const replace = (owner: object, name: string, value: unknown): void => {
    const before = Object.getOwnPropertyDescriptor(owner, name)
    Object.defineProperty(owner, name, { value, configurable: true, writable: true })
    undo.push(() => (before === undefined ? Reflect.deleteProperty(owner, name) : Object.defineProperty(owner, name, before)))
  }
  const timers = new Map<number, () => void>()
  let timer = 0
  replace(globalThis, 'setTimeout', (happen: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const name = ++timer
    const forget = world.after(ms, () => {
      timers.delete(name)
      happen(...args)
    })
    timers.set(name, forget)
    return name
  })
  replace(globalThis, 'clearTimeout', (name: number | undefined) => {
    if (name === undefined) return
    timers.get(name)?.()
    timers.delete(name)
  })
  replace(Date, 'now', world.calendarMs)
  replace(performance, 'now', () => world.nowMs() - world.startMs)
  replace(AbortSignal, 'timeout', (ms: number) => {
    const { signal } = new AbortController()
    deadlines.set(signal, world.nowMs() + ms)
    return signal
  })
  replace(crypto, 'getRandomValues', <T extends ArrayBufferView>(into: T): T => {
    world.fillRandomly(new Uint8Array(into.buffer, into.byteOffset, into.byteLength))
    return into
  })
  // WebCrypto works on other threads, which take as long as they take; here the same is done at once.
  const importAtOnce = async (_: unknown, raw: Uint8Array) => {
    const [x, y] = [raw.subarray(1, 33), raw.subarray(33)].map(each => Buffer.from(each).toString('base64url'))
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x!, y: y! } })
  }
  const verifyAtOnce = async (_: unknown, key: KeyObject, signature: Uint8Array, message: Uint8Array) =>
    verify('sha256', message, { key, dsaEncoding }, signature)
  const refuse = () => {
    throw new Error('expected nothing of WebCrypto but checks of P-256 signatures')
  }
  const subtle = { importKey: importAtOnce, verify: verifyAtOnce, sign: refuse, digest: refuse, exportKey: refuse, generateKey: refuse }
  for (const [name, method] of Object.entries(subtle)) replace(crypto.subtle, name, method)
  return () => {
    for (const each of undo.reverse()) each()
  }
}
