import { PassThrough, type Readable } from 'node:stream'
import { ServiceError } from '@hufu/service'
import type { Fleet } from '../api-types.ts'

interface SentEvent {
  readonly id: number
  readonly type: 'fleet' | 'alarm'
  readonly data: string
}

const maxListeners = 500
/** Alarms that somebody gets who comes back after a while. */
const keptAlarms = 64
/** A listener that does not read is let go once this much waits for it. */
const maxWaitingBytes = 1_048_576
/** How soon a browser comes back. */
const retryMs = 1_000

/**
 * Tells listeners of every state of the fleet, as server-sent events: `fleet` for each, `alarm` where one begins or ends. A listener that was away says which event
 * it had last, and gets the alarms that it missed, then the latest state.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class FleetEvents {
  readonly #listeners = new Set<PassThrough>()
  /** Marks the identifiers of this process: those of another one tell nothing. */
  readonly #process: string
  #alarms: readonly SentEvent[] = []
  #latest: SentEvent | undefined
  #lastId = 0

  /** @param process - differs from one start to the next */
  constructor(process: string) {
    this.#process = process
  }

  get listeners(): number {
    return this.#listeners.size
  }

  tell(type: 'fleet' | 'alarm', fleet: Fleet): void {
    const event = { id: ++this.#lastId, type, data: JSON.stringify(fleet) }
    if (type === 'alarm') this.#alarms = [...this.#alarms, event].slice(-keptAlarms)
    else this.#latest = event
    const text = this.#textOf(event)
    for (const listener of this.#listeners) {
      if (listener.writableLength > maxWaitingBytes) listener.destroy()
      else listener.write(text)
    }
  }

  /**
   * Begins to tell somebody.
   *
   * @param lastEventId - the header `Last-Event-ID`
   * @throws ServiceError `ERR_SERVICE_OVERLOADED`: too many are listening
   */
  listen(lastEventId: string | undefined): Readable {
    if (this.#listeners.size >= maxListeners) throw new ServiceError('ERR_SERVICE_OVERLOADED', 'too many are listening; try again later')
    const stream = new PassThrough()
    this.#listeners.add(stream)
    stream.on('close', () => this.#listeners.delete(stream))
    stream.on('error', () => this.#listeners.delete(stream))
    stream.write(`retry: ${retryMs}\n\n`)
    const after = this.#numberOf(lastEventId)
    if (after !== undefined) for (const alarm of this.#alarms) if (alarm.id > after) stream.write(this.#textOf(alarm))
    if (this.#latest !== undefined) stream.write(this.#textOf(this.#latest))
    return stream
  }

  /** Ends all streams: a server that stops would wait for them. */
  close(): void {
    for (const listener of this.#listeners) listener.end()
  }

  #textOf({ id, type, data }: SentEvent): string {
    return `id: ${this.#process}-${id}\nevent: ${type}\ndata: ${data}\n\n`
  }

  /** Undefined for an event of another process, or none: nothing was missed that this one knows. */
  #numberOf(lastEventId: string | undefined): number | undefined {
    const [, process, number] = /^([a-z0-9]{1,32})-(\d{1,15})$/.exec(lastEventId ?? '') ?? []
    return process === this.#process ? Number(number) : undefined
  }
}
