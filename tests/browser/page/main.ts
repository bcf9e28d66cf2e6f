import { ProofError, Prover } from '@hufu/proofs'

/** What the test asks of the page. Integers travel as text. */
export interface ProverPage {
  /** Loads a circuit and its key. @returns milliseconds */
  prepare(circuit: string): Promise<number>
  /** Makes one proof after the other. @returns the last one's bytes, how long each took, and what was told of its progress */
  prove(circuit: string, inputs: Readonly<Record<string, readonly string[]>>, rounds: number): Promise<ProvingReport>
  /** Starts a proof and cancels it after so many milliseconds. @returns the code of the error */
  cancel(circuit: string, inputs: Readonly<Record<string, readonly string[]>>, afterMs: number): Promise<string>
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
