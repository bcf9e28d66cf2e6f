import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type AlarmChange, createNetworkFolder, LocalNetwork } from '@hufu/network'
import { freePort } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Hufu } from './run-hufu.ts'

// What an operator does: looks, is called by the webhook, does the one command that the alarm names, and looks again.
let home: string
let hufu: Hufu
let network: LocalNetwork

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'hufu-watchdog-'))
  const validators = ['validator-1', 'validator-2', 'validator-3', 'validator-4']
  network = await LocalNetwork.start(await createNetworkFolder(join(home, 'network'), { name: 'watched', magic: 4_712, validators }))
  hufu = new Hufu(home)
})

afterAll(async () => {
  await network?.stop()
  rmSync(home, { recursive: true, force: true })
})

test('looking says how things are, by exit code too, and the command that an alarm names mends it', { timeout: 300_000 }, async () => {
  const well = await hufu.run('watchdog', '--once', '--lang', 'zh-CN')
  expect(well).toMatchObject({ code: 0, stdout: expect.stringContaining('4 个节点中 4 个在线') })
  expect(await hufu.json('network', 'restart-all')).toMatchObject({ code: 1, value: { error: { code: 'ERR_NETWORK_NOT_NEEDED' } } })

  await network.killNode(2)
  const { code, value } = await hufu.json('watchdog', '--once')
  expect(code).toBe(2)
  expect(value.alarms.map(({ id }: { id: string }) => id)).toEqual(['ALARM_MARGIN_ZERO', 'ALARM_NODE_DOWN/validator-3'])

  const command: string = value.alarms[0].command
  expect(command).toMatch(/^npm run -s hufu -- /)
  const done = await hufu.json(...command.split(' ').slice(5))
  expect(done).toMatchObject({
    code: 0,
    value: { action: 'revive', steps: expect.arrayContaining([expect.objectContaining({ step: 'moves' })]) },
  })
  expect((await hufu.json('watchdog', '--once')).value).toMatchObject({ margin: 1, alarms: [] })
})

test('the webhook hears of an alarm and of its end, signed; metrics tell the same; nothing says where it posts', {
  timeout: 300_000,
}, async () => {
  const received: AlarmChange[] = []
  const secret = 'a secret of the webhook'
  const hook = await startHook(secret, change => received.push(change))
  const port = await freePort()
  const metricsPort = String(port)
  writeFileSync(join(home, 'url.txt'), `http://127.0.0.1:${(hook.address() as { port: number }).port}/hook?token=not-to-be-told\n`)
  writeFileSync(join(home, 'secret.txt'), `${secret}\n`)
  expect((await hufu.run('watchdog', '--webhook-file', join(home, 'url.txt'))).code).toBe(1)
  const cli = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))
  const options = [
    '--webhook-file',
    join(home, 'url.txt'),
    '--webhook-secret-file',
    join(home, 'secret.txt'),
    '--metrics-port',
    metricsPort,
  ]
  const child = spawn(process.execPath, [cli, '--home', home, 'watchdog', ...options], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  try {
    const metrics = () =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        response => response.text(),
        () => '',
      )
    await until(async () => (await metrics()).includes('hufu_watch_node_up{node="validator-1"} 1'))
    await network.killNode(0)
    await until(() => received.some(({ kind, alarm }) => kind === 'raised' && alarm.id === 'ALARM_NODE_DOWN/validator-1'))
    expect(await metrics()).toContain('hufu_watch_margin 0\n')
    network.startNode(0)
    await until(() => received.some(({ kind, alarm }) => kind === 'cleared' && alarm.id === 'ALARM_MARGIN_ZERO'))
    expect(said).toContain('"event":"alarm raised","id":"ALARM_NODE_DOWN/validator-1"')
    expect(said).toContain('docs/runbooks/node-down.md')
    expect(said).not.toMatch(/not-to-be-told|a secret/)
  } finally {
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    hook.close()
  }
})

async function startHook(secret: string, onChange: (change: AlarmChange) => void): Promise<Server> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', text => {
      body += text
    })
    request.on('end', () => {
      const [, time, signature] = /^t=(\d+),v1=(\w+)$/.exec(String(request.headers['hufu-signature']))!
      const isOurs = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex') === signature
      response.writeHead(isOurs ? 204 : 403).end()
      if (isOurs) onChange(JSON.parse(body))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await isSo()); await sleep(50)) if (Date.now() > deadline) throw new Error('waited in vain')
}
