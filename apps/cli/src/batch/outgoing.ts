import { existsSync, readFileSync } from 'node:fs'
import { Journal, writeFileWhole } from '@hufu/files'

/** A credential on its way to its file. */
export interface OutgoingCredential {
  readonly credentialId: string
  /** Line of the residents' file. */
  readonly line: number
  readonly credential: string
}

/**
 * Credentials that were signed and have not reached the file they are for. What is added is on disk at once; `deliver` writes the file whole and
 * then forgets them, so that a crash anywhere neither loses nor doubles one.
 */
export class Outgoing {
  readonly #journal: Journal<OutgoingCredential>
  readonly #waiting: Map<string, OutgoingCredential>

  private constructor(journal: Journal<OutgoingCredential>, waiting: Map<string, OutgoingCredential>) {
    this.#journal = journal
    this.#waiting = waiting
  }

  /** @throws FileError as `Journal.open` */
  static async open(file: string): Promise<Outgoing> {
    const { journal, records } = await Journal.open<OutgoingCredential>(file)
    return new Outgoing(journal, new Map(records.map(record => [record.credentialId, record])))
  }

  find(credentialId: string): OutgoingCredential | undefined {
    return this.#waiting.get(credentialId)
  }

  async add(outgoing: OutgoingCredential): Promise<void> {
    await this.#journal.append(outgoing)
    this.#waiting.set(outgoing.credentialId, outgoing)
  }

  /** Adds what waits to a file of JSON lines, in the order of the residents' file behind what is there. */
  async deliver(file: string): Promise<void> {
    const before = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
    const there = new Set(before.map(line => (JSON.parse(line) as OutgoingCredential).credentialId))
    const added = [...this.#waiting.values()]
      .filter(({ credentialId }) => !there.has(credentialId))
      .sort((left, right) => left.line - right.line)
      .map(outgoing => JSON.stringify(outgoing))
    if (added.length > 0) await writeFileWhole(file, `${[...before, ...added].join('\n')}\n`)
    await this.#journal.rewrite([])
    this.#waiting.clear()
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}
