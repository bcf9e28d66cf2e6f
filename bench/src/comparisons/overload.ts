import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@hufu/testkit'
import type { Comparison, Side } from '../compare.ts'
import { type ClosingSteps, closedOnFailure } from '../fixtures/closed-on-failure.ts'
import { inFlight } from '../fixtures/in-flight.ts'
import { cpuSecondsOf } from '../fixtures/process-cpu.ts'
import { quantile } from '../statistics.ts'

const serverScript = fileURLToPath(new URL('../../../apps/institution/src/main.ts', import.meta.url))
const crowdScript = fileURLToPath(new URL('../fixtures/overload-crowd.ts', import.meta.url))
const overload = 10
const goodClients = 10
const goodEveryMs = 50
const measuredMs = 2_000
const settleMs = 500
const answerWithinMs = 5_000
/** Longer than it takes until a client counts as one that was there before. */
const knownAfterMs = 3_000

/**
 * Clients that were there before go on asking at their own pace, while a crowd of others asks for ten times what the server can bear. The same clients, with
 * nobody else there, are the other side.
 */
export const overloaded: Comparison = {
  name: 'overload',
  description: `99th percentile of ${goodClients} clients that verify credentials, while others send ${overload} times what the server bears, or nobody does`,
  peer: () => 'itself, with nobody else there',
  measures: [
    { figure: 'p99Ms', of: 'A/B', goal: { atMost: 3 } },
    { figure: 'p50Ms', of: 'A/B' },
    { figure: 'answeredShare', of: 'A', goal: { atLeast: 0.99 } },
  ],
  open: () =>
    closedOnFailure(async steps => {
      const { url, body, pid } = await startServer(steps)
      const good = Array.from({ length: goodClients }, (_, index) => new GoodClient(url, body, `127.0.0.${10 + index}`))
      await observe(good, knownAfterMs)
      const capacity = await capacityOf(url, body)
      const crowd = fork(crowdScript, [url, body], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      steps.push(() => crowd.kill())
      return {
        a: side(`${overload} × ${Math.round(capacity)}/s`, { good, crowd, serverPid: pid }, overload * capacity),
        b: side('idle', { good, crowd, serverPid: pid }, 0),
      }
    }),
}

interface Parties {
  readonly good: readonly GoodClient[]
  readonly crowd: ChildProcess
  readonly serverPid: number
}

function side(name: string, { good, crowd, serverPid }: Parties, rate: number): Side {
  return {
    name,
    async run() {
      await tell(crowd, rate)
      await observe(good, settleMs)
      const cpuBefore = cpuSecondsOf([serverPid])
      const times = await observe(good, measuredMs)
      const cpuSeconds = cpuSecondsOf([serverPid]) - cpuBefore
      const { sent } = await tell(crowd, 0)
      // A crowd that this machine cannot make is no overload.
      if (rate > 0 && sent < (rate / overload) * 3 * (measuredMs / 1000)) throw new Error('the crowd is too small for an overload')
      await observe(good, settleMs)
      const answered = times.filter(time => time !== undefined)
      return {
        p99Ms: quantile(answered, 0.99),
        p50Ms: quantile(answered, 0.5),
        answeredShare: answered.length / times.length,
        // Of the server alone, what it spends on the crowd included: the crowd's own is no cost of ours.
        cpuMsEach: (1000 * cpuSeconds) / answered.length,
      }
    },
  }
}

async function tell(crowd: ChildProcess, rate: number): Promise<{ sent: number }> {
  crowd.send(rate)
  const [answer] = (await once(crowd, 'message')) as [{ sent: number }]
  return answer
}

/** Each client asks every so often, for a while. @returns milliseconds of each request, undefined for one that was not answered as it should be */
async function observe(clients: readonly GoodClient[], forMs: number): Promise<readonly (number | undefined)[]> {
  const times: Promise<number | undefined>[] = []
  const untilMs = performance.now() + forMs
  await Promise.all(
    clients.map(async (client, index) => {
      await sleep((index * goodEveryMs) / clients.length)
      while (performance.now() < untilMs) {
        times.push(client.ask())
        await sleep(goodEveryMs)
      }
    }),
  )
  return Promise.all(times)
}

class GoodClient {
  readonly #agent: Agent
  readonly #url: string
  readonly #body: string
  readonly #localAddress: string

  constructor(url: string, body: string, localAddress: string) {
    this.#agent = new Agent({ keepAlive: true })
    this.#url = url
    this.#body = body
    this.#localAddress = localAddress
  }

  async ask(): Promise<number | undefined> {
    const startedAt = performance.now()
    const status = await post(this.#url, this.#body, this.#agent, this.#localAddress).catch(() => undefined)
    return status === 200 ? performance.now() - startedAt : undefined
  }
}

/** What the server does in a second when it is asked without pause by clients that wait for their answers. */
async function capacityOf(url: string, body: string): Promise<number> {
  const requests = 400
  const agent = new Agent({ keepAlive: true })
  const startedAt = performance.now()
  await inFlight(Array.from({ length: requests }), 8, () => post(url, body, agent, '127.0.0.2'))
  agent.destroy()
  return (1000 * requests) / (performance.now() - startedAt)
}

function post(url: string, body: string, agent: Agent, localAddress: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const call = request(url, { method: 'POST', agent, localAddress, headers, timeout: answerWithinMs }, response => {
      response.resume()
      response.once('end', () => resolve(response.statusCode!)).once('error', reject)
    })
    call
      .once('timeout', () => call.destroy(new Error('no answer in time')))
      .once('error', reject)
      .end(body)
  })
}

/** The institution's server in a process of its own, as it is run, and what it is asked: to verify a credential. */
async function startServer(steps: ClosingSteps): Promise<{ readonly url: string; readonly body: string; readonly pid: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-overload-'))
  steps.push(() => rmSync(folder, { recursive: true, force: true }))
  const issuerFile = join(folder, 'issuer.json')
  const issuer = execFileSync(process.execPath, [serverScript, '--new-issuer', issuerFile, 'P-256'], { encoding: 'utf8' }).trim()
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const settings = { PORT: String(port), ISSUER_POLICY: 'any', ISSUER_FILES: issuerFile, DATA_FOLDER: folder, RATE_LIMIT_PERCENT: '100000' }
  const child = spawn(process.execPath, [serverScript], { env: { ...process.env, ...settings }, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  steps.push(async () => {
    child.kill()
    await ended
  })
  await untilReady(address)
  const credential = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential'],
    issuer,
    credentialSubject: { id: 'urn:example:1' },
  }
  const issued = await fetch(`${address}/credentials/issue`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ credential }),
  })
  const { verifiableCredential } = (await issued.json()) as { verifiableCredential?: object }
  if (verifiableCredential === undefined) throw new Error(`expected a credential, got ${issued.status}`)
  return { url: `${address}/credentials/verify`, body: JSON.stringify({ verifiableCredential }), pid: child.pid! }
}

async function untilReady(address: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(`${address}/health/ready`).catch(() => undefined)
    if (answer?.ok === true) return
    if (attempt > 300) throw new Error('the server did not become ready')
    await sleep(100)
  }
}
