import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { takeLock, type Unlock, writeFileWhole } from '@hufu/files'
import { bytesToHex, type Json, sha256 } from '@hufu/primitives'
import {
  type Ceremony,
  type CircuitPhase,
  decodeCircuitPhase,
  decodePowers,
  encodeCircuitPhase,
  encodePowers,
  initialPowers,
  type PowersOfTau,
  parseTranscript,
  type Transcript,
} from '@hufu/proofs'
import { CliError } from '../errors.ts'
import { readText } from '../read-json.ts'

/**
 * A ceremony on disk: `transcript.json`, and the points it speaks of in files named by their hash. The transcript is written last, so a crash leaves it as
 * it was; the folder is what participants hand to each other.
 */
export class CeremonyFolder {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  get exists(): boolean {
    return existsSync(this.#transcriptFile)
  }

  /** Keeps two commands from writing at once. */
  lock(): Promise<Unlock> {
    mkdirSync(this.#folder, { recursive: true })
    return takeLock(join(this.#folder, 'lock'))
  }

  /** @throws CliError `ERR_CLI_FILE`; ProofError `ERR_PROOF_CEREMONY` */
  read(): Ceremony {
    const transcript = parseTranscript(readText(this.#transcriptFile))
    const [powersPhase, ...circuitPhases] = transcript.phases
    const circuits: Record<string, CircuitPhase> = {}
    for (const { name, contributions } of circuitPhases) {
      const last = contributions.at(-1)
      if (last !== undefined) circuits[name] = decodeCircuitPhase(this.#readPoints(name, last.stateSha256))
    }
    return { transcript, powers: this.#readPowers(transcript, powersPhase?.contributions.at(-1)?.stateSha256), circuits }
  }

  async write({ transcript, powers, circuits }: Ceremony): Promise<void> {
    mkdirSync(this.#folder, { recursive: true })
    const [powersPhase, ...circuitPhases] = transcript.phases
    if (powersPhase!.contributions.length > 0) await this.#writePoints('powers', encodePowers(powers))
    for (const { name } of circuitPhases) await this.#writePoints(name, encodeCircuitPhase(circuits[name]!))
    await writeFileWhole(this.#transcriptFile, `${JSON.stringify(transcript as unknown as Json, null, 2)}\n`)
  }

  get #transcriptFile(): string {
    return join(this.#folder, 'transcript.json')
  }

  #readPowers({ domainSize }: Transcript, hash: string | undefined): PowersOfTau {
    return hash === undefined ? initialPowers(domainSize) : decodePowers(this.#readPoints('powers', hash))
  }

  #pointsFile(name: string, hash: string): string {
    return join(this.#folder, `${name}-${hash.slice(0, 16)}.points`)
  }

  #readPoints(name: string, hash: string): Uint8Array {
    const file = this.#pointsFile(name, hash)
    if (!existsSync(file)) throw new CliError('ERR_CLI_FILE', `file ${file} is missing: it holds the points that the transcript speaks of`)
    return new Uint8Array(readFileSync(file))
  }

  async #writePoints(name: string, bytes: Uint8Array): Promise<void> {
    const file = this.#pointsFile(name, bytesToHex(sha256(bytes)))
    if (!existsSync(file)) await writeFileWhole(file, bytes)
  }
}
