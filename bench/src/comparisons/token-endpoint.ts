import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { freePort, startPostgres } from '@hufu/testkit'
import type { Comparison, Side } from '../compare.ts'
import { closedOnFailure } from '../fixtures/closed-on-failure.ts'
import { inFlight } from '../fixtures/in-flight.ts'
import { timed } from '../fixtures/timed.ts'
import { npmPeer } from '../peers.ts'

const script = fileURLToPath(new URL('../fixtures/token-server.ts', import.meta.url))
/** The adapter in memory forgets what goes beyond a thousand entries: so many codes fit, with what belongs to them. */
const codesPerBatch = 120
const batchesPerRun = 5
const connections = 16
const clientSecret = 'v3ry-random-secret-of-the-shop-0123456789abcdef'
const codeVerifier = 'a-code-verifier-that-is-long-enough-for-the-specification-0123'

/** Authorization codes exchanged for tokens over HTTP, each once. */
export const tokenEndpoint: Comparison = {
  name: 'token-endpoint',
  description: `exchange codes for tokens at ${connections} connections: tables in PostgreSQL, flushed to its disk, or oidc-provider's adapter in memory`,
  peer: () => npmPeer('oidc-provider', 'institution'),
  measures: [
    { figure: 'perSecond', of: 'A/B', goal: { atLeast: 0.8 } },
    { figure: 'milliseconds', of: 'A/B' },
  ],
  open: () =>
    closedOnFailure(async steps => {
      const postgres = await startPostgres()
      steps.push(() => postgres.stop())
      const [durable, stock] = [await startServer('durable', postgres.url), await startServer('stock')]
      steps.push(
        () => durable.child.send(0),
        () => stock.child.send(0),
      )
      await expectSingleUse(durable)
      await expectSingleUse(stock)
      return { a: sideOf('hufu on PostgreSQL', durable), b: sideOf('oidc-provider in memory', stock) }
    }),
}

export interface TokenServer {
  readonly child: ChildProcess
  readonly token: URL
  readonly agent: Agent
}

export async function startServer(kind: string, databaseUrl = ''): Promise<TokenServer> {
  const child = fork(script, [kind, databaseUrl], {
    env: { ...process.env, NODE_ENV: 'production', PORT: String(await freePort()) },
    stdio: 'ignore',
  })
  const [{ token }] = (await once(child, 'message')) as [{ token: string }]
  return { child, token: new URL(token), agent: new Agent({ keepAlive: true, maxSockets: connections }) }
}

function sideOf(name: string, server: TokenServer): Side {
  return {
    name,
    async run() {
      let [seconds, cpuMs, summedMs] = [0, 0, 0]
      for (let batch = 0; batch < batchesPerRun; batch++) {
        const codes = await makeCodes(server, codesPerBatch)
        const { perSecond, cpuMsEach } = await timed(codes.length, () =>
          inFlight(codes, connections, async code => {
            const from = performance.now()
            if ((await exchange(server, code)) !== 200) throw new Error('expected a token for every code')
            summedMs += performance.now() - from
          }),
        )
        seconds += codes.length / perSecond
        cpuMs += codes.length * cpuMsEach
      }
      const count = codesPerBatch * batchesPerRun
      return { perSecond: count / seconds, milliseconds: summedMs / count, cpuMsEach: cpuMs / count }
    },
  }
}

export async function makeCodes({ child }: TokenServer, count: number): Promise<readonly string[]> {
  child.send(count)
  const [{ codes }] = (await once(child, 'message')) as [{ codes: readonly string[] }]
  return codes
}

/** Void unless both give a token for a code, and none for the code again. */
async function expectSingleUse(server: TokenServer): Promise<void> {
  const [code] = await makeCodes(server, 1)
  if ((await exchange(server, code!)) !== 200 || (await exchange(server, code!)) !== 400) throw new Error('expected a code to count once')
}

export function exchange({ token, agent }: TokenServer, code: string): Promise<number> {
  const body = `grant_type=authorization_code&code=${code}&redirect_uri=${encodeURIComponent('http://shop.example/callback')}&code_verifier=${codeVerifier}`
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Basic ${Buffer.from(`shop:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
    }
    request(token, { method: 'POST', agent, headers }, response => {
      response.resume()
      response.once('end', () => resolve(response.statusCode!))
    })
      .once('error', reject)
      .end(body)
  })
}
