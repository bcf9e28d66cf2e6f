import { type FileHandle, open } from 'node:fs/promises'
import type { NodeConsensus } from './fleet.ts'

const firstReadBytes = 262_144
const maxReadBytes = 4_194_304
// A line of neo-go: time, level, message, fields as JSON, between tabs. Its log says more than its RPC and metrics, which do not tell the view.
const linePattern =
  /\t(starting consensus service|stopping consensus service|initializing dbft|changing dbft view|sending Commit|request change view)(?:\t(\{.*\}))?$/

/** Follows a node's log on this machine, and tells where its consensus stands. */
export class ConsensusLog {
  readonly #file: string
  #position: number | undefined
  #rest = ''
  #state: NodeConsensus | null = null
  #reading: Promise<NodeConsensus | null> | undefined

  constructor(file: string) {
    this.#file = file
  }

  /** Reads what has been written since the last time. Never throws: a log that cannot be read says nothing. */
  read(): Promise<NodeConsensus | null> {
    this.#reading ??= this.#readNew().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readNew(): Promise<NodeConsensus | null> {
    try {
      const file = await open(this.#file)
      try {
        await this.#readOn(file)
      } finally {
        await file.close()
      }
    } catch {
      this.#state = null
    }
    return this.#state
  }

  async #readOn(file: FileHandle): Promise<void> {
    const { size } = await file.stat()
    this.#position ??= Math.max(0, size - firstReadBytes)
    // A new log in place of the old one: its node has started anew.
    if (size < this.#position) {
      this.#position = 0
      this.#rest = ''
      this.#state = null
    }
    if (size - this.#position > maxReadBytes) this.#position = size - maxReadBytes
    if (size === this.#position) return
    const buffer = Buffer.alloc(size - this.#position)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#position)
    this.#position += bytesRead
    const lines = (this.#rest + buffer.toString('latin1', 0, bytesRead)).split('\n')
    this.#rest = lines.pop()!
    for (const line of lines) this.#state = afterLine(this.#state, line)
  }
}

/** Where consensus stands after one more line of the log. */
export function afterLine(state: NodeConsensus | null, line: string): NodeConsensus | null {
  const match = linePattern.exec(line)
  if (match === null) return state
  const [, message, json] = match
  if (message === 'starting consensus service' || message === 'stopping consensus service') return null
  const fields = fieldsOf(json)
  if (fields === null) return state
  const { height, view } = fields
  // Its key is not among the validators': it only looks on.
  if (fields.index !== undefined && fields.index < 0) return null
  if (message === 'initializing dbft') return { height, view, committedView: null, askedForView: null }
  // Lines of another height than the one it works on cannot be: the log is damaged, or not read from its beginning.
  const current: NodeConsensus = state?.height === height ? state : { height, view, committedView: null, askedForView: null }
  if (message === 'changing dbft view') return { ...current, view, askedForView: null }
  if (message === 'sending Commit') return { ...current, view, committedView: view }
  return { ...current, view, askedForView: fields.newView ?? null }
}

interface LineFields {
  readonly height: number
  readonly view: number
  readonly newView: number | undefined
  /** Position among the validators. */
  readonly index: number | undefined
}

function fieldsOf(json: string | undefined): LineFields | null {
  try {
    const { height, view, new_view: newView, index } = JSON.parse(json ?? '{}') as Record<string, unknown>
    if (!isInteger(height) || !isInteger(view)) return null
    return { height, view, newView: isInteger(newView) ? newView : undefined, index: isInteger(index) ? index : undefined }
  } catch {
    return null
  }
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
