import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NetworkError } from '../errors.ts'
import { lastLogLines, type NodeProcess, startProgram } from '../node-process.ts'
import { freePorts } from '../ports.ts'
import { domainOf, type FabricLayout, fabricLayout, type OrganizationLayout } from './fabric-layout.ts'
import { fabricProgram, fabricSettings, runFabric } from './fabric-programs.ts'
import {
  adminEnvironment,
  builderScripts,
  channelConfig,
  channelProfile,
  cryptoConfig,
  ordererEnvironment,
  peerEnvironment,
} from './fabric-texts.ts'
import { packageChaincode } from './package-chaincode.ts'

/** Whose name a client acts in: PEM. */
export interface FabricIdentity {
  readonly mspId: string
  readonly certificate: string
  /** PKCS#8. */
  readonly privateKey: string
}

/** An organisation of the consortium, with one peer. */
export interface FabricOrganization {
  readonly name: string
  readonly mspId: string
  /** Where the peer, which is also the gateway, listens. */
  readonly peerAddress: string
  /** Who vouches for the peer's TLS certificate, PEM. */
  readonly tlsAuthority: string
  /** With which the peer signs what it endorses, PEM. */
  readonly peerCertificate: string
  readonly admin: FabricIdentity
  readonly user: FabricIdentity
  /** Who makes certificates for further members: PEM, the key as PKCS#8. */
  readonly authority: { readonly certificate: string; readonly privateKey: string }
}

/** A chaincode to run: a server that is told its name and address by `CHAINCODE_ID` and `CHAINCODE_SERVER_ADDRESS`. */
export interface ChaincodeProgram {
  readonly name: string
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** How many organisations, and the channel that they share. */
export interface LocalFabricOptions {
  readonly channel?: string
  /** Names, letters and digits; default: one. */
  readonly organizations?: readonly string[]
}

const readyWithinMs = 60_000
const pollMs = 100

/** A Hyperledger Fabric network of real processes that are children of this one: one orderer, and a peer for each organisation. */
export class LocalFabric {
  readonly channel: string
  readonly organizations: readonly FabricOrganization[]
  readonly #layout: FabricLayout
  readonly #processes = new Map<string, NodeProcess>()

  private constructor(layout: FabricLayout, organizations: readonly FabricOrganization[]) {
    this.#layout = layout
    this.channel = layout.channel
    this.organizations = organizations
  }

  /**
   * Makes keys and a channel in an empty folder, starts all, and joins the channel.
   *
   * @throws NetworkError `ERR_NETWORK_BINARY`: Fabric is not built; `ERR_NETWORK_NODE_ENDED`; `ERR_NETWORK_START_TIMEOUT`
   */
  static async start(folder: string, options: LocalFabricOptions = {}): Promise<LocalFabric> {
    const { channel = 'hospitals', organizations: names = ['Hospital1'] } = options
    const layout = fabricLayout(folder, channel, names, await freePorts(names.length + 1))
    await writeFiles(layout)
    const block = join(folder, `${channel}.block`)
    await runFabric('cryptogen', ['generate', '--config', join(folder, 'crypto-config.yaml'), '--output', join(folder, 'crypto')], {})
    await runFabric('configtxgen', ['-profile', channelProfile, '-channelID', channel, '-outputBlock', block], { FABRIC_CFG_PATH: folder })
    const fabric = new LocalFabric(layout, await Promise.all(layout.organizations.map(readOrganization)))
    try {
      fabric.#startOrderer()
      for (const name of names) fabric.startPeer(name)
      await fabric.#untilDone('the orderer', () => joinOrderer(layout, block))
      for (const organization of layout.organizations)
        await fabric.#untilDone(`the peer of ${organization.name}`, () =>
          runFabric('peer', ['channel', 'join', '-b', block], adminEnvironment(layout, organization)),
        )
      return fabric
    } catch (error) {
      await fabric.stop()
      throw error
    }
  }

  /**
   * Starts a chaincode and has every organisation install and approve it, and the channel take it.
   *
   * @throws NetworkError as `start`
   */
  async deployChaincode({ name, command, environment = {} }: ChaincodeProgram): Promise<void> {
    const layout = this.#layout
    const [ports] = await freePorts(1)
    const address = `127.0.0.1:${ports!.p2p}`
    const file = await packageChaincode(join(layout.folder, 'packages'), `${name}_1.0`, address)
    const packageId = (
      await runFabric('peer', ['lifecycle', 'chaincode', 'calculatepackageid', file], { FABRIC_CFG_PATH: layout.folder })
    ).trim()
    const told = { ...environment, CHAINCODE_ID: packageId, CHAINCODE_SERVER_ADDRESS: address }
    this.#processes.set(`chaincode ${name}`, startProgram(command, layout.folder, join(layout.folder, `chaincode-${name}.log`), told))
    const definition = ['--channelID', layout.channel, '--name', name, '--version', '1.0', '--sequence', '1', ...this.#toOrderer()]
    await Promise.all(
      layout.organizations.map(organization =>
        runFabric('peer', ['lifecycle', 'chaincode', 'install', file], adminEnvironment(layout, organization)),
      ),
    )
    for (const organization of layout.organizations)
      await runFabric(
        'peer',
        ['lifecycle', 'chaincode', 'approveformyorg', '--package-id', packageId, ...definition],
        adminEnvironment(layout, organization),
      )
    const peers = layout.organizations.flatMap(({ port: peerPort, peer }) => [
      '--peerAddresses',
      `127.0.0.1:${peerPort}`,
      '--tlsRootCertFiles',
      join(peer.tls, 'ca.crt'),
    ])
    await runFabric(
      'peer',
      ['lifecycle', 'chaincode', 'commit', ...definition, ...peers],
      adminEnvironment(layout, layout.organizations[0]!),
    )
    for (const organization of layout.organizations) await this.#untilCalled(name, organization)
  }

  /** Starts an organisation's peer; does nothing if it is up. */
  startPeer(organization: string): void {
    const found = this.#layout.organizations.find(({ name }) => name === organization)
    if (found === undefined) throw new TypeError('expected an organisation of this network')
    const key = `peer ${organization}`
    if (this.#processes.get(key)?.hasEnded() === false) return
    this.#processes.set(
      key,
      startProgram([fabricProgram('peer'), 'node', 'start'], this.#layout.folder, found.peer.logFile, peerEnvironment(this.#layout, found)),
    )
  }

  /** Ends an organisation's peer at once, as a power cut would. */
  async killPeer(organization: string): Promise<void> {
    await this.#processes.get(`peer ${organization}`)?.kill()
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await Promise.all([...this.#processes.values()].map(process => process.kill()))
  }

  #startOrderer(): void {
    const { folder, orderer } = this.#layout
    this.#processes.set('orderer', startProgram([fabricProgram('orderer')], folder, orderer.logFile, ordererEnvironment(this.#layout)))
  }

  #toOrderer(): readonly string[] {
    const { orderer } = this.#layout
    return ['-o', `127.0.0.1:${orderer.port}`, '--tls', '--cafile', join(orderer.tls, 'ca.crt')]
  }

  /** A peer connects to chaincode when it is first called, and refuses that call if the chaincode was not up yet. */
  #untilCalled(chaincode: string, organization: OrganizationLayout): Promise<unknown> {
    const query = ['chaincode', 'query', '-C', this.#layout.channel, '-n', chaincode, '-c', '{"function":"ping","Args":[]}']
    return this.#untilDone(`chaincode ${chaincode}`, () => runFabric('peer', query, adminEnvironment(this.#layout, organization)))
  }

  /** Tries again until it works, unless one of the processes has ended. */
  async #untilDone<T>(what: string, work: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + readyWithinMs
    for (;;) {
      try {
        return await work()
      } catch (cause) {
        const ended = [...this.#processes].find(([, process]) => process.hasEnded())?.[0]
        if (ended !== undefined)
          throw new NetworkError('ERR_NETWORK_NODE_ENDED', `${ended} ended by itself; the end of its log:\n${this.#logOf(ended)}`, {
            cause,
          })
        if (Date.now() > deadline) throw new NetworkError('ERR_NETWORK_START_TIMEOUT', `${what} was not ready within a minute`, { cause })
        await sleep(pollMs)
      }
    }
  }

  #logOf(process: string): string {
    const { folder } = this.#layout
    return lastLogLines({ folder, logFile: join(folder, `${process.replace(' ', '-')}.log`) }, 5)
  }
}

async function writeFiles(layout: FabricLayout): Promise<void> {
  const { folder } = layout
  const builder = join(folder, 'builder', 'bin')
  await mkdir(builder, { recursive: true })
  for (const [name, text] of Object.entries(builderScripts)) {
    await writeFile(join(builder, name), text)
    await chmod(join(builder, name), 0o755)
  }
  await writeFile(join(folder, 'crypto-config.yaml'), cryptoConfig(layout))
  await writeFile(join(folder, 'configtx.yaml'), channelConfig(layout))
  await copyFile(fabricSettings('orderer.yaml'), join(folder, 'orderer.yaml'))
  const core = await readFile(fabricSettings('core.yaml'), 'utf8')
  await writeFile(join(folder, 'core.yaml'), core.replace('/opt/hyperledger/ccaas_builder', join(folder, 'builder')))
}

async function joinOrderer({ channel, orderer }: FabricLayout, block: string): Promise<void> {
  const [certificate, key, authority] = ['server.crt', 'server.key', 'ca.crt'].map(name => join(orderer.tls, name)) as [
    string,
    string,
    string,
  ]
  const tls = ['--ca-file', authority, '--client-cert', certificate, '--client-key', key]
  const args = ['channel', 'join', '--channelID', channel, '--config-block', block, '-o', `127.0.0.1:${orderer.adminPort}`, ...tls]
  const said = await runFabric('osnadmin', args, {})
  // It ends in order whatever it is answered.
  if (!said.startsWith('Status: 201')) throw new NetworkError('ERR_NETWORK_NODE_ENDED', `the orderer did not take the channel: ${said}`)
}

async function readOrganization({ name, mspId, port, authority, peer, admin, user }: OrganizationLayout): Promise<FabricOrganization> {
  return {
    name,
    mspId,
    // By name: TLS has no server names that are addresses.
    peerAddress: `localhost:${port}`,
    tlsAuthority: await readFile(join(peer.tls, 'ca.crt'), 'utf8'),
    peerCertificate: await readOnlyFile(join(peer.msp, 'signcerts')),
    admin: await readIdentity(mspId, admin),
    user: await readIdentity(mspId, user),
    authority: {
      certificate: await readFile(join(authority, `ca.${domainOf(name)}-cert.pem`), 'utf8'),
      privateKey: await readFile(join(authority, 'priv_sk'), 'utf8'),
    },
  }
}

async function readIdentity(mspId: string, msp: string): Promise<FabricIdentity> {
  return {
    mspId,
    certificate: await readOnlyFile(join(msp, 'signcerts')),
    privateKey: await readOnlyFile(join(msp, 'keystore')),
  }
}

async function readOnlyFile(folder: string): Promise<string> {
  const [name, ...others] = await readdir(folder)
  if (name === undefined || others.length > 0) throw new NetworkError('ERR_NETWORK_DAMAGED', `expected one file in ${folder}`)
  return readFile(join(folder, name), 'utf8')
}
