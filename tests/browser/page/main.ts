import { generateSigner } from '@hufu/keys'
import { bytesToHex } from '@hufu/primitives'
import { answerWithPreProved, ProofError, Prover, parsePresentation } from '@hufu/proofs'

/** What the test asks of the page. Integers travel as text. */
export interface ProverPage {
  /** Loads a circuit and its key. @returns milliseconds */
  prepare(circuit: string): Promise<number>
  /** Makes one proof after the other. @returns the last one's bytes, how long each took, and what was told of its progress */
  prove(circuit: string, inputs: Readonly<Record<string, readonly string[]>>, rounds: number): Promise<ProvingReport>
  /** Starts a proof and cancels it after so many milliseconds. @returns the code of the error */
  cancel(circuit: string, inputs: Readonly<Record<string, readonly string[]>>, afterMs: number): Promise<string>
  /** Answers nonces with a presentation that was made ahead, a key of its own each. @returns the last answer and its key, and how long each took */
  tap(presentation: string, nonces: readonly string[]): Promise<TapReport>
}

export interface TapReport {
  readonly presentation: string
  /** Hexadecimal. */
  readonly publicKey: string
  readonly milliseconds: readonly number[]
}

export interface ProvingReport {
  /** Its bytes. */
  readonly proof: readonly number[]
  readonly milliseconds: readonly number[]
  readonly progress: readonly number[]
}

declare global {
  interface Window {
    proverPage: ProverPage
  }
}

const prover = new Prover({
  createWorker: () => new Worker(new URL('./prover.worker.ts', import.meta.url), { type: 'module' }),
  files: async name => {
    const [circuit, provingKey] = await Promise.all([download(`/files/${name}.circuit`), download(`/files/${name}.key`)])
    return { circuit, provingKey }
  },
})

window.proverPage = {
  async prepare(circuit) {
    const started = performance.now()
    await prover.prepare(circuit)
    return performance.now() - started
  },
  async prove(circuit, inputs, rounds) {
    const values = parseInputs(inputs)
    const milliseconds: number[] = []
    let proof: Uint8Array = new Uint8Array()
    let progress: number[] = []
    for (let round = 0; round < rounds; round++) {
      progress = []
      const started = performance.now()
      proof = await prover.prove(circuit, values, { onProgress: fraction => progress.push(fraction) })
      milliseconds.push(performance.now() - started)
    }
    return { proof: [...proof], milliseconds, progress }
  },
  async tap(presentation, nonces) {
    const milliseconds: number[] = []
    let answer = { presentation: '', publicKey: '' }
    for (const nonce of nonces) {
      const signer = await generateSigner('P-256')
      const { nonce: _, ...draft } = parsePresentation(presentation)
      const started = performance.now()
      const text = await answerWithPreProved({ id: '', draft, publicKey: signer.publicKey.bytes }, signer, nonce)
      milliseconds.push(performance.now() - started)
      answer = { presentation: text, publicKey: bytesToHex(signer.publicKey.bytes) }
    }
    return { ...answer, milliseconds }
  },
  async cancel(circuit, inputs, afterMs) {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), afterMs)
    return prover.prove(circuit, parseInputs(inputs), { signal: controller.signal }).then(
      () => 'proved',
      error => (error instanceof ProofError ? error.code : 'another error'),
    )
  },
}

function parseInputs(inputs: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly bigint[]>> {
  return Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, values.map(BigInt)]))
}

async function download(path: string): Promise<Uint8Array> {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`download failed: ${response.status}`)
  return response.bytes()
}
