import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { concatBytes } from '@hufu/primitives'

/**
 * A program that answers requests over standard input and output, by the protocol that those of ours share: frames of a length (4 bytes, big-endian), the request's
 * number (4), and the rest. It is used until it ends. While nothing is asked of it, it does not keep this process from ending, and ends with it.
 */
export class FramedProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #answers = new Map<number, { resolve(answer: Uint8Array): void; reject(error: Error): void }>()
  readonly #errorOf: (how: string, cause?: Error) => Error
  #lastId = 0
  #received: Uint8Array = new Uint8Array()
  #isClosing = false
  #ended: Error | undefined

  /** @param errorOf - what requests are refused with once the program has ended, or could not be started */
  constructor(file: string, values: readonly string[], errorOf: (how: string, cause?: Error) => Error) {
    this.#errorOf = errorOf
    this.#child = spawn(file, values, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.on('error', cause => this.#end('could not be started', cause))
    this.#child.on('exit', () => this.#end('ended before it answered'))
    // What could not be written is never answered: the end of the process tells.
    this.#child.stdin.on('error', () => {})
    this.#child.stdout.on('data', (data: Buffer) => this.#receive(data))
    this.#hold(false)
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  /** Sends a request. @returns what stands in the answer after its number */
  request(kind: number, parts: readonly Uint8Array[]): Promise<Uint8Array> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    this.#lastId = (this.#lastId + 1) >>> 0
    const id = this.#lastId
    const body = concatBytes(uint32(id), Uint8Array.of(kind), ...parts)
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve, reject })
      this.#hold(true)
      this.#child.stdin.write(concatBytes(uint32(body.length), body))
    })
  }

  /** Lets it answer what it was asked, and end. */
  close(): Promise<void> {
    const ended = new Promise<void>(resolve => {
      if (this.hasEnded) resolve()
      else this.#child.on('exit', () => resolve())
    })
    this.#isClosing = true
    this.#hold(true)
    this.#child.stdin.end()
    return ended
  }

  #receive(data: Uint8Array): void {
    let bytes = this.#received.length === 0 ? data : concatBytes(this.#received, data)
    for (;;) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      const size = bytes.length < 4 ? undefined : view.getUint32(0)
      if (size === undefined || bytes.length < 4 + size) break
      const id = view.getUint32(4)
      this.#answers.get(id)?.resolve(bytes.slice(8, 4 + size))
      this.#answers.delete(id)
      bytes = bytes.subarray(4 + size)
    }
    this.#received = bytes
    this.#hold(this.#isClosing || this.#answers.size > 0)
  }

  /** Has this process stay for the program's sake, or not. */
  #hold(isNeeded: boolean): void {
    // Both ends are sockets, which their types do not say.
    const handles: readonly { ref?(): unknown; unref?(): unknown }[] = [
      this.#child,
      this.#child.stdin as Socket,
      this.#child.stdout as Socket,
    ]
    for (const handle of handles) {
      if (isNeeded) handle.ref?.()
      else handle.unref?.()
    }
  }

  #end(how: string, cause?: Error): void {
    this.#ended ??= this.#errorOf(how, cause)
    for (const { reject } of this.#answers.values()) reject(this.#ended)
    this.#answers.clear()
  }
}

/** Four bytes, big-endian. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
