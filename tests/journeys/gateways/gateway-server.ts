import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bytesToBase64url } from '@hufu/primitives'
import { fixedSecret, freePort } from '@hufu/testkit'
import { expect } from 'vitest'
import type { Hufu } from '../run-hufu.ts'

const main = fileURLToPath(new URL('../../../apps/gateway/src/main.ts', import.meta.url))
const operatorToken = 'an-operators-token-in-this-test-long-enough'

/** A gateway as it is run: a server of its own, which can be killed and started again, talked to by its API and the command line. */
export class GatewayServer {
  readonly port: number
  readonly #folder: string
  #environment: Readonly<Record<string, string>> = {}
  #process: ChildProcess | undefined

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.port = port
  }

  static async make(folder: string): Promise<GatewayServer> {
    mkdirSync(folder, { recursive: true })
    return new GatewayServer(folder, await freePort())
  }

  get url(): string {
    return `http://localhost:${this.port}`
  }

  /** Writes a file into the gateway's folder. @returns its path */
  write(file: string, content: string | object): string {
    const path = join(this.#folder, file)
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }

  /** Writes a key file with a fixed secret. @returns its path */
  writeKey(file: string, id: string, secretName: string): string {
    return this.write(file, { version: 1, id, secret: bytesToBase64url(fixedSecret(secretName)) })
  }

  /** @param settings - what GATEWAY_FILE says */
  configure(settings: object, environment: Readonly<Record<string, string>> = {}): void {
    this.#environment = {
      ...{ OPERATOR_TOKEN_FILE: this.write('token', operatorToken), GATEWAY_FILE: this.write('gateway.json', settings) },
      ...{ LOOPBACK_PEERS: 'allow', RATE_LIMIT_PERCENT: '0', LOG_LEVEL: 'error' },
      ...environment,
    }
  }

  async start(): Promise<void> {
    const dataFolder = join(this.#folder, 'data')
    mkdirSync(dataFolder, { recursive: true })
    const env = {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...this.#environment,
      PORT: String(this.port),
      DATA_FOLDER: dataFolder,
    }
    const child = spawn(process.execPath, [main], { stdio: ['ignore', 'ignore', 'inherit'], env })
    this.#process = child
    await untilTrue(async () => {
      if (child.exitCode !== null) throw new Error('the gateway ended')
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined)
      return answer?.ok === true
    })
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  /** Options of `hufu gateway`. */
  get options(): readonly string[] {
    return ['--url', this.url, '--token-file', join(this.#folder, 'token')]
  }

  async fetch(path: string, body?: object): Promise<Response> {
    const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' }
    return fetch(`${this.url}${path}`, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) })
  }

  /** Begins a transfer by the command line. @returns its identifier */
  async begin(hufu: Hufu, terms: Readonly<Record<'asset' | 'from' | 'to' | 'holder' | 'counterpart', string>>): Promise<string> {
    const options = Object.entries(terms).flatMap(([name, value]) => [`--${name}`, value])
    const { code, value } = await hufu.json('gateway', 'transfer', ...this.options, ...options)
    expect(code).toBe(0)
    return value.transferId as string
  }

  /** By the API: the command line takes a second to start. */
  async transfer(id: string): Promise<{ readonly state: string; readonly asset: string } | undefined> {
    const answer = await this.fetch(`/transfers/${id}`).catch(() => undefined)
    return answer?.ok === true ? ((await answer.json()) as { transfer: { state: string; asset: string } }).transfer : undefined
  }
}

/** Waits until a transfer is completed at each of the gateways. */
export async function completedAt(gateways: readonly GatewayServer[], id: string): Promise<void> {
  for (const gateway of gateways) await untilTrue(async () => (await gateway.transfer(id))?.state === 'completed')
}

/** Kills both gateways of a transfer as the title leaves, and starts them again. */
export async function killWhileLeaving(from: GatewayServer, to: GatewayServer, id: string): Promise<void> {
  await untilTrue(async () => ['leaving', 'left'].includes((await from.transfer(id))?.asset ?? ''))
  await Promise.all([from.kill(), to.kill()])
  await Promise.all([from.start(), to.start()])
}

async function untilTrue(holds: () => Promise<boolean>, timeoutMs = 180_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to that in time')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
