import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canonicalJson, parseJson } from '@hufu/primitives'
import { OutsideAgents, outsideFetch } from '@hufu/service'
import { freePort, startPostgres } from '@hufu/testkit'
import type { HandoverContext } from '../../../apps/institution/src/handover/handover-context.ts'
import { PeerClient } from '../../../apps/institution/src/handover/peer-client.ts'
import { askHolder, fetchRecord } from '../../../apps/institution/src/handover/receiver.ts'
import type { Comparison, Side } from '../compare.ts'
import { type ClosingSteps, closedOnFailure } from '../fixtures/closed-on-failure.ts'
import type { HolderOrder } from '../fixtures/record-holder.ts'
import { content, openSide, record } from '../fixtures/record-institution.ts'
import { timed } from '../fixtures/timed.ts'
import { nodePeer } from '../peers.ts'

const script = fileURLToPath(new URL('../fixtures/record-holder.ts', import.meta.url))
const callsPerRun = 60
const plainCallsPerRun = 300
/** As PostgreSQL's log has them. */
const pageBytes = 8_192
const logBytes = 16_777_216

/**
 * A record from institution to institution, one after the other. What the hand-over has more: signatures of both sides over each message, the grant, and a
 * log entry in the tables of each, flushed to the disk. Claimed is what it takes beyond the plain call and the two flushes.
 */
export const handOver: Comparison = {
  name: 'hand-over',
  description:
    'fetch a record of 2 kB from another institution: with grant, signed messages and both logs, or the same call over plain mTLS',
  peer: () => nodePeer('node:https'),
  measures: [
    { figure: 'milliseconds', of: 'A/B' },
    { figure: 'flushMilliseconds', of: 'A' },
    { figure: 'millisecondsBeyond', of: 'A', goal: { atMost: 1 } },
  ],
  open: () => closedOnFailure(async steps => sidesOf(await openCalls(steps))),
}

/** The same record, by hand-over and by the plain call, and a flush to the disk. */
interface Calls {
  handOver(): Promise<unknown>
  mutual(): Promise<unknown>
  flush(): void
}

async function openCalls(steps: ClosingSteps): Promise<Calls> {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-hand-over-'))
  steps.push(() => rmSync(folder, { recursive: true }))
  const [hospital, clinic] = [certificate(folder, 'hospital'), certificate(folder, 'clinic')]
  const postgres = await startPostgres()
  steps.push(() => postgres.stop())
  const [port, mutualPort] = [await freePort(), await freePort()]
  const sides = { hospital: `https://localhost:${port}`, clinic: 'https://clinic.example' }
  const child = fork(script, { env: { ...process.env, NODE_ENV: 'production' } })
  steps.push(() => child.kill())
  const order: HolderOrder = { databaseUrl: postgres.url, sides, mutualPort, ...hospital, ca: clinic.cert }
  child.send(order)
  await answerOf(child)

  const { world, audit } = await openSide('clinic', await postgres.createDatabase(), sides)
  steps.push(
    () => world.database.close(),
    () => audit.close?.(),
  )
  const institution = await world.institution('clinic', { address: sides.clinic, audit })
  const agents = new OutsideAgents()
  const fetch = outsideFetch({ allowLoopback: true, agents, ca: hospital.cert })
  // Of the context only what a receiver uses.
  const context = { institution, peers: new PeerClient(institution, fetch) } as HandoverContext
  const holder = (await world.directory.add('hospital', sides.hospital)).did
  const { id, qr } = await askHolder(context, { holder, record, untilMs: world.clock.nowMs() + 3_600_000 })
  child.send(qr)
  await answerOf(child)

  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...clinic, ca: hospital.cert })
  steps.push(
    () => agents.close(),
    () => agent.destroy(),
  )
  const handOver = () => fetchRecord(context, id)
  const mutual = () => plainCall(new URL(`https://localhost:${mutualPort}/records`), agent)
  await expectSameRecord(handOver, mutual)
  return { handOver, mutual, flush: flusher(join(folder, 'flushed'), steps) }
}

function sidesOf({ handOver, mutual, flush }: Calls): { readonly a: Side; readonly b: Side } {
  return {
    a: {
      name: 'hufu hand-over',
      // Each beside the others, so that whatever slows the machine slows all three.
      async run() {
        const spent = { handOver: 0, mutual: 0, flush: 0 }
        for (let call = 0; call < callsPerRun; call++) {
          spent.handOver += await timeOf(handOver)
          spent.mutual += await timeOf(mutual)
          spent.flush += await timeOf(flush)
        }
        // Apart from the others, so that their CPU time is not among it.
        const { cpuMsEach } = await timed(callsPerRun, () => inTurn(handOver))
        const beyond = (spent.handOver - spent.mutual - 2 * spent.flush) / callsPerRun
        return {
          milliseconds: spent.handOver / callsPerRun,
          millisecondsBeyond: beyond,
          flushMilliseconds: spent.flush / callsPerRun,
          cpuMsEach,
        }
      },
    },
    b: {
      name: 'plain mTLS',
      async run() {
        const { perSecond, cpuMsEach } = await timed(plainCallsPerRun, () => inTurn(mutual, plainCallsPerRun))
        return { milliseconds: 1000 / perSecond, cpuMsEach }
      },
    },
  }
}

async function inTurn(call: () => Promise<unknown>, count = callsPerRun): Promise<void> {
  for (let done = 0; done < count; done++) await call()
}

async function answerOf(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the holder ended before it answered')))
  ended.catch(() => undefined)
  await Promise.race([once(child, 'message'), ended])
}

/** Void unless both give the record. */
async function expectSameRecord(...calls: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const call of calls) {
    const given = (await call()) as { content: unknown }
    if (canonicalJson(given.content) !== canonicalJson(content)) throw new Error('expected both to give the record')
  }
}

async function timeOf(work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** Writes the next page of a file whose pages are there already, and flushes it, as a database's log does. */
function flusher(file: string, steps: ClosingSteps): () => void {
  const descriptor = openSync(file, 'w')
  steps.push(() => closeSync(descriptor))
  writeSync(descriptor, new Uint8Array(logBytes))
  fdatasyncSync(descriptor)
  const page = new Uint8Array(pageBytes).fill(1)
  let at = 0
  return () => {
    writeSync(descriptor, page, 0, pageBytes, at)
    fdatasyncSync(descriptor)
    at = (at + pageBytes) % logBytes
  }
}

function plainCall(url: URL, agent: Agent): Promise<unknown> {
  const body = JSON.stringify({ record })
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    request(url, { method: 'POST', agent, headers }, async response => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(parseJson(text))
    })
      .once('error', reject)
      .end(body)
  })
}

/** A certificate of `localhost` that signs itself. */
function certificate(folder: string, name: string): { readonly cert: string; readonly key: string } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.cert`)]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}
