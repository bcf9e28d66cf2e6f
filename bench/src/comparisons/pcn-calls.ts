import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { fabricEndpoints, importMacSigner, importMacVerifier, type MacAlgorithm, PcnClient, type Post, postOverTls } from '@hufu/pcn'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Comparison, Side } from '../compare.ts'
import { closedOnFailure } from '../fixtures/closed-on-failure.ts'
import { inFlight } from '../fixtures/in-flight.ts'
import { barePath, header, secretOf } from '../fixtures/pcn-parties.ts'
import { timed } from '../fixtures/timed.ts'
import { nodePeer } from '../peers.ts'

const script = fileURLToPath(new URL('../fixtures/pcn-server.ts', import.meta.url))
const connections = 8
const bareCallsPerRun = 1_600

/** Calls to a city node's gateway, each with both macs made and checked, beside the same calls without any. */
export const pcnCalls = callsBy('pcn-calls', 'R1', 600)

/** The same by SM2. */
export const pcnCallsSm2 = callsBy('pcn-calls-sm2', 'SM2', 200)

function callsBy(name: string, algorithm: MacAlgorithm, callsPerRun: number): Comparison {
  return {
    name,
    description: `ask a gateway for a transaction over HTTPS at ${connections} connections: macs by ${algorithm} on both ways, or no macs`,
    peer: () => nodePeer('node:https'),
    measures: [{ figure: 'perSecond', of: 'A/B' }],
    open: () =>
      closedOnFailure(async steps => {
        const child = fork(script, [algorithm], { stdio: 'ignore' })
        steps.push(() => child.send(0))
        const [{ gatewayUrl, cert }] = (await once(child, 'message')) as [{ gatewayUrl: string; cert: string }]
        const post = postOverTls({ gatewayUrl, tlsAuthority: cert, maxConnections: connections })
        steps.push(() => post.close())
        const client = await clientOver(post, algorithm)
        const withMacs = async (txId: string) => (await client.call(fabricEndpoints.getTransactionData, { txId, dataType: '' })).transData
        const without = async (txId: string) => {
          const text = await post(barePath, JSON.stringify({ header: { ...header, tId: '' }, mac: '', body: { txId } }))
          return (JSON.parse(text) as { body: { transData: string } }).body.transData
        }
        await expectSameAnswers(withMacs, without)
        return { a: sideOf(`macs by ${algorithm}`, withMacs, callsPerRun), b: sideOf('bare HTTPS', without, bareCallsPerRun) }
      }),
  }
}

type Ask = (txId: string) => Promise<string>

async function clientOver(post: Post, algorithm: MacAlgorithm): Promise<PcnClient> {
  const gateway = importMacVerifier(algorithm, (await importMacSigner(algorithm, secretOf('gateway'))).publicKey)
  return new PcnClient({ ...header, signer: await importMacSigner(algorithm, secretOf('dapp')), gateway, post })
}

function sideOf(name: string, ask: Ask, callsPerRun: number): Side {
  const questions = Array.from({ length: callsPerRun }, (_, index) => bytesToHex(sha256(utf8ToBytes(String(index)))))
  return { name, run: () => timed(questions.length, () => inFlight(questions, connections, ask)) }
}

/** Void unless both give the same. */
async function expectSameAnswers(first: Ask, second: Ask): Promise<void> {
  const txId = 'ab'.repeat(32)
  if ((await first(txId)) !== (await second(txId))) throw new Error('expected both sides to answer the same')
}
