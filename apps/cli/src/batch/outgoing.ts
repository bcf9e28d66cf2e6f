import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Journal, writeFileWhole } from '@hufu/files'

/** A credential on its way to its file. */
export interface OutgoingCredential {
  readonly credentialId: string
  /** Line of the residents' file. */
  readonly line: number
  readonly credential: string
}

interface WaitingCredential extends OutgoingCredential {
  /** The file that it is for: a run for another file must not take it along. */
  readonly out: string
}

/**
 * Credentials that were signed and have not reached the file they are for. What is added is on disk at once; `deliver` writes the file whole and
 * then forgets them, so that a crash anywhere neither loses nor doubles one.
 */
export class Outgoing {
  readonly #journal: Journal<WaitingCredential>
  readonly #waiting: Map<string, WaitingCredential>
  readonly #out: string

  private constructor(journal: Journal<WaitingCredential>, waiting: Map<string, WaitingCredential>, out: string) {
    this.#journal = journal
    this.#waiting = waiting
    this.#out = out
  }

  /** @param out - file of JSON lines that this run is for @throws FileError as `Journal.open` */
  static async open(journalFile: string, out: string): Promise<Outgoing> {
    const { journal, records } = await Journal.open<WaitingCredential>(journalFile)
    return new Outgoing(journal, new Map(records.map(record => [record.credentialId, record])), resolve(out))
  }

  find(credentialId: string): OutgoingCredential | undefined {
    return this.#waiting.get(credentialId)
  }

  async add(outgoing: OutgoingCredential): Promise<void> {
    const waiting = { ...outgoing, out: this.#out }
    await this.#journal.append(waiting)
    this.#waiting.set(outgoing.credentialId, waiting)
  }

  /**
   * Adds what waits for this run's file to it, in the order of the residents' file behind what is there.
   *
   * @returns files that others wait for, which a crash kept from them: a run for each delivers these
   */
  async deliver(): Promise<readonly string[]> {
    const before = existsSync(this.#out) ? readFileSync(this.#out, 'utf8').split('\n').filter(Boolean) : []
    const there = new Set(before.map(line => (JSON.parse(line) as OutgoingCredential).credentialId))
    const all = [...this.#waiting.values()]
    const added = all
      .filter(({ credentialId, out }) => out === this.#out && !there.has(credentialId))
      .sort((left, right) => left.line - right.line)
      .map(({ out: _, ...outgoing }) => JSON.stringify(outgoing))
    if (added.length > 0) await writeFileWhole(this.#out, `${[...before, ...added].join('\n')}\n`)
    const others = all.filter(({ out }) => out !== this.#out)
    await this.#journal.rewrite(others)
    this.#waiting.clear()
    for (const other of others) this.#waiting.set(other.credentialId, other)
    return [...new Set(others.map(({ out }) => out))]
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}
