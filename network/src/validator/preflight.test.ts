import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { takeLock } from '@hufu/files'
import { ByteWriter, bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freePorts, type NodePorts } from '../ports.ts'
import type { FleetLook } from './look-at-fleet.ts'
import { measureClock } from './measure-clock.ts'
import { type NetworkFile, networkFileFingerprint, networkFileText } from './network-file.ts'
import { preflight } from './preflight.ts'
import { hostProbes, type PreflightProbes } from './preflight-probes.ts'
import { listenOn, signedBy, testNetworkFile, testPassword, testPlatform } from './validator-fixture.ts'
import { initValidator, readState, type ValidatorFolder, validatorFolder, writeState, writeWallet } from './validator-folder.ts'
import { newWallet, type ValidatorWallet } from './validator-wallet.ts'

const gibibyte = 1024 ** 3
/** Nothing of it is run here. */
const program = 'stands in for neo-go'
const names = ['city-1', 'city-2', 'city-3', 'city-4']
let wallets: ValidatorWallet[]
let ports: readonly NodePorts[]
let network: NetworkFile
let fileText: string
let folder: string
let files: ValidatorFolder
const servers: Server[] = []

beforeAll(async () => {
  // The standard cost, as a network in production asks for.
  wallets = await Promise.all(names.map((name, index) => newWallet(name, testPassword, index === 0 ? undefined : { n: 2, r: 1, p: 1 })))
  ports = await freePorts(4)
  const draft = await testNetworkFile(wallets, ports)
  network = {
    ...draft,
    production: true,
    software: [{ version: '0.122.0', platform: testPlatform, sha256: bytesToHex(sha256(utf8ToBytes(program))) }],
    validators: draft.validators.map((each, index) => ({ ...each, p2p: `10.0.0.${index + 1}:20333` })),
  }
  fileText = networkFileText(await signedBy(network, wallets))
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-preflight-test-'))
  files = validatorFolder(join(folder, 'node'))
  await make(files, fileText, network)
})
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  await Promise.all(servers.splice(0).map(server => new Promise(resolve => server.close(resolve))))
})

async function make(into: ValidatorFolder, text: string, of: NetworkFile): Promise<void> {
  mkdirSync(into.folder, { mode: 0o700 })
  await writeWallet(into, wallets[0]!)
  await initValidator(into.folder, {
    networkFileText: text,
    trust: { fingerprint: networkFileFingerprint(of) },
    seat: 'city-1',
    listen: listenOn(ports[0]!),
    isFounding: true,
  })
  writeFileSync(into.binary, program)
  await writeState(into, { ...readState(into), backupHeight: 0 })
}

const nobody: FleetLook = { members: [], head: null, recent: [], quorum: 3, margin: 1, isStalled: true }

/** A host and peers as they should be. The seat's own address is silent: the node is down. */
function goodProbes(changes: Partial<PreflightProbes> = {}): PreflightProbes {
  return {
    nowMs: Date.now,
    clockAheadMs: () => Promise.resolve(12),
    disk: () => Promise.resolve({ freeBytes: 400 * gibibyte, kind: 'ext4' }),
    syncMs: () => Promise.resolve(2),
    memory: () => ({ limitBytes: 8 * gibibyte, availableBytes: 6 * gibibyte }),
    processors: () => 4,
    openFiles: () => 65_536,
    portFault: () => Promise.resolve(null),
    hashOfFile: hostProbes({ fetch, timeoutMs: 1_000 }).hashOfFile,
    mode: hostProbes({ fetch, timeoutMs: 1_000 }).mode,
    greet: address =>
      address.startsWith('10.0.0.1:')
        ? Promise.reject(new Error('silent'))
        : Promise.resolve({ magic: network.magic, timeSeconds: 0, nonce: 1, userAgent: '/NEO-GO:0.122.0/' }),
    fleet: () => Promise.resolve(nobody),
    databaseGenesis: () => Promise.resolve(null),
    ...changes,
  }
}

async function look(changes: Partial<PreflightProbes> = {}, password?: string) {
  const given = password === undefined ? {} : { password }
  const report = await preflight(files.folder, { probes: goodProbes(changes), platform: testPlatform, ...given })
  return report.findings.map(({ code, level }) => `${level} ${code}`)
}

test('finds nothing where all is as it should be', async () => {
  expect(await look({}, testPassword)).toEqual([])
})

describe('names what is planted, and nothing else', () => {
  test.each<[string, Partial<PreflightProbes>, string]>([
    ['a clock that is off', { clockAheadMs: () => Promise.resolve(-501) }, 'fault PREFLIGHT_CLOCK'],
    ['a clock that begins to be off', { clockAheadMs: () => Promise.resolve(101) }, 'warning PREFLIGHT_CLOCK'],
    ['a disk nearly full', { disk: () => Promise.resolve({ freeBytes: 50 * gibibyte - 1, kind: 'ext4' }) }, 'fault PREFLIGHT_DISK_SPACE'],
    ['a disk that forgets', { disk: () => Promise.resolve({ freeBytes: 400 * gibibyte, kind: 'tmpfs' }) }, 'fault PREFLIGHT_DISK_KIND'],
    ['slow fsync', { syncMs: () => Promise.resolve(21) }, 'fault PREFLIGHT_DISK_SYNC'],
    ['a disk that cannot be written', { syncMs: () => Promise.reject(new Error('EIO')) }, 'fault PREFLIGHT_DISK_SYNC'],
    ['too little memory', { memory: () => ({ limitBytes: 4 * gibibyte - 1, availableBytes: 3 * gibibyte }) }, 'fault PREFLIGHT_MEMORY'],
    ['memory in use', { memory: () => ({ limitBytes: 8 * gibibyte, availableBytes: 2 * gibibyte - 1 }) }, 'warning PREFLIGHT_MEMORY'],
    ['one processor', { processors: () => 1 }, 'warning PREFLIGHT_PROCESSORS'],
    ['few open files', { openFiles: () => 1_024 }, 'fault PREFLIGHT_OPEN_FILES'],
    ['a peer that is another program', { hashOfFile: () => Promise.resolve('ab'.repeat(32)) }, 'fault PREFLIGHT_BINARY'],
    ['no program', { hashOfFile: () => Promise.resolve(null) }, 'fault PREFLIGHT_BINARY'],
    ['data of another network', { databaseGenesis: () => Promise.resolve({ hash: 'ab'.repeat(32) }) }, 'fault PREFLIGHT_DATA_NETWORK'],
    ['data that cannot be read', { databaseGenesis: () => Promise.resolve({ fault: 'mismatch' }) }, 'fault PREFLIGHT_DATA_NETWORK'],
  ])('%s', async (_, changes, expected) => {
    expect(await look(changes)).toEqual([expected])
  })

  test('a majority of clocks counts, not the worst', async () => {
    const ahead = new Map(
      [ports[1]!, ports[2]!, ports[3]!].map(({ rpc }, index) => [`http://127.0.0.1:${rpc}`, [20, 30, 86_400_000][index]!]),
    )
    expect(await look({ clockAheadMs: url => Promise.resolve(ahead.get(url) ?? null) })).toEqual([])
  })

  test('each peer that is not there, and one of another network', async () => {
    const good = goodProbes()
    const greet: PreflightProbes['greet'] = async address => {
      if (address.startsWith('10.0.0.2')) throw new Error('ECONNREFUSED')
      const greeting = await good.greet(address)
      if (address.startsWith('10.0.0.3')) return { ...greeting, magic: 860_833_102 }
      return { ...greeting, userAgent: '/NEO-GO:0.99.9/' }
    }
    expect(await look({ greet })).toEqual([
      'fault PREFLIGHT_PEER_UNREACHABLE',
      'fault PREFLIGHT_PEER_NETWORK',
      'warning PREFLIGHT_PEER_PROGRAM',
    ])
  })

  test('a node that answers at the address of the seat', async () => {
    const greeting = { magic: network.magic, timeSeconds: 0, nonce: 1, userAgent: '/NEO-GO:0.122.0/' }
    expect(await look({ greet: () => Promise.resolve(greeting) })).toEqual(['fault PREFLIGHT_KEY_LIVE'])
  })

  test('a wrong password', async () => {
    expect(await look({}, `${testPassword}\n`)).toEqual(['fault PREFLIGHT_PASSWORD'])
  })

  test('a wallet with a cheap password hash', async () => {
    const cheap = await newWallet('city-1', testPassword, { n: 8_192, r: 8, p: 8 })
    const other = await signedBy(
      {
        ...network,
        validators: network.validators.map((each, index) => (index === 0 ? { ...each, publicKey: cheap.keys[0]!.publicKey } : each)),
      },
      [cheap, ...wallets.slice(1)],
    )
    files = validatorFolder(join(folder, 'cheap'))
    mkdirSync(files.folder, { mode: 0o700 })
    await writeWallet(files, cheap)
    await initValidator(files.folder, {
      networkFileText: networkFileText(other),
      trust: { fingerprint: networkFileFingerprint(other.network) },
      seat: 'city-1',
      listen: listenOn(ports[0]!),
      isFounding: true,
    })
    writeFileSync(files.binary, program)
    await writeState(files, { ...readState(files), backupHeight: 0 })
    expect(await look()).toEqual(['fault PREFLIGHT_WALLET_SCRYPT'])
  })

  test('the wallet of another seat', async () => {
    await writeWallet(files, { ...wallets[1]!, scrypt: { n: 16_384, r: 8, p: 8 } })
    // Its password hash is said to be dear, and is cheap: so the password does not open it either.
    expect(await look({}, testPassword)).toEqual(['fault PREFLIGHT_WALLET_KEY', 'fault PREFLIGHT_PASSWORD'])
  })

  test('a wallet that is none, and one that is not there', async () => {
    writeFileSync(files.walletFile, '{}')
    expect(await look()).toEqual(['fault PREFLIGHT_WALLET'])
    unlinkSync(files.walletFile)
    expect(await look()).toEqual(['fault PREFLIGHT_WALLET'])
  })

  test('addresses that only their own host reaches', async () => {
    const loopback = { ...network, validators: network.validators.map((each, index) => ({ ...each, p2p: `127.0.0.1:${20_000 + index}` })) }
    files = validatorFolder(join(folder, 'loopback'))
    await make(files, networkFileText(await signedBy(loopback, wallets)), loopback)
    const greet = goodProbes().greet
    expect(await look({ greet: address => greet(address.replace('127.0.0.1:20000', '10.0.0.1:1')) })).toEqual(
      names.map(() => 'fault PREFLIGHT_ADDRESS'),
    )
  })

  test('a node that left, and one without a backup', async () => {
    await writeState(files, { ...readState(files), phase: 'left', backupHeight: null })
    expect(await look()).toEqual(['fault PREFLIGHT_LEFT', 'warning PREFLIGHT_BACKUP'])
  })

  test('several at once, the faults first', async () => {
    chmodSync(files.folder, 0o755)
    const found = await look({ processors: () => 1, syncMs: () => Promise.resolve(400), openFiles: () => 10 })
    expect(found).toEqual([
      'fault PREFLIGHT_PERMISSIONS',
      'fault PREFLIGHT_DISK_SYNC',
      'fault PREFLIGHT_OPEN_FILES',
      'warning PREFLIGHT_PROCESSORS',
    ])
  })
})

describe('names what really is so', () => {
  const real = hostProbes({ fetch, timeoutMs: 2_000 })

  test('a folder, and a wallet, that others can read', async () => {
    chmodSync(files.walletFile, 0o640)
    expect(await look()).toEqual(['fault PREFLIGHT_PERMISSIONS'])
    chmodSync(files.folder, 0o701)
    expect(await look()).toEqual(['fault PREFLIGHT_PERMISSIONS', 'fault PREFLIGHT_PERMISSIONS'])
  })

  test('a program with one byte more', async () => {
    expect(await look()).toEqual([])
    appendFileSync(files.binary, '\0')
    expect(await look()).toEqual(['fault PREFLIGHT_BINARY'])
  })

  test('a network file in which one digit was changed', async () => {
    writeFileSync(files.networkFile, readFileSync(files.networkFile, 'utf8').replace('10.0.0.3:20333', '10.0.0.8:20333'))
    expect(await look()).toEqual(['fault PREFLIGHT_NETWORK_FILE'])
  })

  test('a port that another program has', async () => {
    expect(await look({ portFault: real.portFault })).toEqual([])
    await listen(createServer(), ports[0]!.rpc)
    expect(await look({ portFault: real.portFault })).toEqual(['fault PREFLIGHT_PORT'])
  })

  test('an address that is none of this host', async () => {
    expect(await real.portFault('192.0.2.1:20333')).toBe('EADDRNOTAVAIL')
  })

  test('a process that runs the folder', async () => {
    const unlock = await takeLock(files.lock)
    expect(await look()).toEqual(['warning PREFLIGHT_LOCK'])
    await unlock()
    expect(await look()).toEqual([])
  })

  test('peers that nobody is at, and a greeting of another network', async () => {
    const others = await freePorts(1)
    await expect(real.greet(`127.0.0.1:${others[0]!.p2p}`)).rejects.toThrow()
    const stranger = await listen(createServer(socket => socket.end(greeting(860_833_102))))
    expect(await real.greet(`127.0.0.1:${stranger}`)).toMatchObject({ magic: 860_833_102, userAgent: '/NEO-GO:0.122.0/' })
    const talker = await listen(createServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    await expect(real.greet(`127.0.0.1:${talker}`)).rejects.toThrow('greeting')
    const silent = await listen(createServer())
    await expect(hostProbes({ fetch, timeoutMs: 200 }).greet(`127.0.0.1:${silent}`)).rejects.toThrow('no greeting in time')
  })

  test.each([0, 2_500, -700])('a clock that is %i ms ahead, to a tenth of a second', async ahead => {
    const server = createHttpServer((_, response) => {
      response.sendDate = false
      response.setHeader('date', new Date(Date.now() + ahead).toUTCString())
      response.end('{}')
    })
    const port = await listen(server)
    const measured = await measureClock(`http://127.0.0.1:${port}`, { fetch, timeoutMs: 2_000 }, Date.now)
    expect(Math.abs(measured! - ahead)).toBeLessThan(100)
  })

  test('what this host has', async () => {
    const disk = await real.disk(folder)
    expect(disk.freeBytes).toBeGreaterThan(0)
    expect(await real.syncMs(folder)).toBeGreaterThan(0)
    expect(real.memory().limitBytes).toBeGreaterThan(gibibyte / 2)
    expect(real.openFiles()).toBeGreaterThan(100)
  })

  test.skipIf(spawnSync('unshare', ['--mount', 'true']).status !== 0)('a disk that is full, and forgets', async () => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', disk])
    try {
      files = validatorFolder(join(disk, 'node'))
      await make(files, fileText, network)
      writeFileSync(join(disk, 'filler'), new Uint8Array(8 * 1024))
      try {
        for (;;) appendFileSync(join(disk, 'filler'), new Uint8Array(4 * 1024))
      } catch {
        // Full.
      }
      expect(await look({ disk: real.disk, syncMs: real.syncMs })).toEqual(['fault PREFLIGHT_DISK_SPACE', 'fault PREFLIGHT_DISK_KIND'])
    } finally {
      execFileSync('umount', ['--lazy', disk])
    }
  })
})

test('every finding says in both languages what it is and what to do', async () => {
  chmodSync(files.folder, 0o755)
  const { findings, measured } = await preflight(files.folder, {
    probes: goodProbes({ clockAheadMs: () => Promise.resolve(4_000), openFiles: () => 10 }),
    platform: testPlatform,
  })
  expect(findings).toHaveLength(3)
  for (const { what, fix } of findings) {
    for (const text of [what, fix]) {
      expect(text.en).toMatch(/^[\x20-\x7e]+$/)
      expect(text['zh-CN']).toMatch(/[\u4e00-\u9fff]/)
    }
  }
  expect(measured).toMatchObject({ clockAheadMs: 4_000, peersReached: 3, diskKind: 'ext4' })
})

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  servers.push(server)
  return (server.address() as AddressInfo).port
}

function greeting(magic: number): Uint8Array {
  const payload = new ByteWriter()
    .uint32(magic)
    .uint32(0)
    .uint32(1_700_000_000)
    .uint32(7)
    .varBytes(utf8ToBytes('/NEO-GO:0.122.0/'))
    .uint8(0)
    .toBytes()
  return new ByteWriter().uint8(0).uint8(0).varBytes(payload).toBytes()
}
