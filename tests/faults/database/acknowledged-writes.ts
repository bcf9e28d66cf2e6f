// Work at an institution's server whose database fails: what it has acknowledged is looked for afterwards.
import { setTimeout as sleep } from 'node:timers/promises'
import type { AttackedInstitution } from '../../attacks/world/attacked-world.ts'
import { application } from '../../attacks/world/resident.ts'

const answersWithinMs = 60_000
/** Less than the ten minutes after which a server forgets them. */
const presentationsLastMs = 480_000

/** Applications that a clerk enters, and questions that the institution's own system asks. */
export class AcknowledgedWrites {
  readonly #bank: AttackedInstitution
  readonly #seed: string
  readonly #applications = new Map<string, string>()
  /** Each with the token by which it is asked for. */
  readonly #presentations = new Map<string, { readonly token: string; readonly atMs: number }>()
  /** How many answers there were of each kind: `201`, `503 ERR_SERVICE_DATABASE_FULL`, … */
  readonly answers: Record<string, number> = {}
  #tries = 0

  constructor(bank: AttackedInstitution, seed: string) {
    this.#bank = bank
    this.#seed = seed
  }

  get acknowledged(): number {
    return this.#applications.size + this.#presentations.size
  }

  /** Sends so many of each, four at once. @returns the kinds of these answers */
  async send(count: number): Promise<ReadonlySet<string>> {
    const kinds = new Set<string>()
    const work = Array.from({ length: count }, () => this.#tries++)
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let index = work.shift(); index !== undefined; index = work.shift())
          for (const kind of [await this.#enter(index), await this.#ask()]) kinds.add(kind)
      }),
    )
    return kinds
  }

  /** Sends until an answer is of such a kind. @returns false: in vain */
  async sendUntil(isEnough: (kinds: ReadonlySet<string>) => boolean, withinMs: number): Promise<boolean> {
    const deadline = Date.now() + withinMs
    while (Date.now() < deadline) {
      if (isEnough(await this.send(4))) return true
      await sleep(20)
    }
    return false
  }

  /** Of those acknowledged, how many the server does not have now, or not as they were. */
  async lost(): Promise<number> {
    const answers = await this.answersOf()
    return Object.values(answers).reduce((sum, count) => sum + count, 0) - (answers.right ?? 0)
  }

  /** Asks for all that was acknowledged, but for presentations that end of themselves. @returns how many answers there are of each kind: `right`, `wrong`, or status and code */
  async answersOf(): Promise<Readonly<Record<string, number>>> {
    const found: Record<string, number> = {}
    const note = ({ status, json }: Awaited<ReturnType<AttackedInstitution['request']>>, isRight: boolean) => {
      const kind = status !== 200 ? `${status} ${json?.code ?? 'no code'}` : isRight ? 'right' : 'wrong'
      found[kind] = (found[kind] ?? 0) + 1
    }
    for (const [id, address] of this.#applications) {
      const answer = await this.#bank.staff('clerk', 'GET', `/issuer/applications/${id}`)
      note(answer, answer.json?.claims?.address === address)
    }
    for (const [id, { token, atMs }] of this.#presentations) {
      if (Date.now() - atMs > presentationsLastMs) continue
      const headers = { authorization: `Bearer ${token}` }
      note(await this.#bank.request('GET', `/verifier/presentations/${id}`, { headers }), true)
    }
    return found
  }

  async #enter(index: number): Promise<string> {
    const address = `归雁路 ${index}, ${this.#seed}`
    return this.#noted(
      () => this.#bank.staff('clerk', 'POST', '/issuer/applications', { ...application, claims: { ...application.claims, address } }),
      ({ id }) => this.#applications.set(id, address),
    )
  }

  async #ask(): Promise<string> {
    return this.#noted(
      () => this.#bank.system('POST', '/verifier/presentations', { queryId: 'open-account' }),
      ({ id, token }) => this.#presentations.set(id, { token, atMs: Date.now() }),
    )
  }

  async #noted(
    send: () => ReturnType<AttackedInstitution['request']>,
    keep: (made: { readonly id: string; readonly token: string }) => void,
  ): Promise<string> {
    const kind = await Promise.race([send(), sleep(answersWithinMs, undefined, { ref: false })]).then(
      answer => {
        if (answer === undefined) return 'no answer'
        if (answer.status < 300) keep(answer.json)
        const waits = answer.status === 503 && answer.headers.get('retry-after') === null ? ' without Retry-After' : ''
        return answer.status < 300 ? String(answer.status) : `${answer.status} ${answer.json?.code ?? 'no code'}${waits}`
      },
      () => 'no connection',
    )
    this.answers[kind] = (this.answers[kind] ?? 0) + 1
    return kind
  }
}
