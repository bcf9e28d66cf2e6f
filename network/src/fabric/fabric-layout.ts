import { join } from 'node:path'

/** Where a local Fabric network of one orderer and a peer for each organisation has its files, and what it listens on; all on loopback. */
export interface FabricLayout {
  readonly folder: string
  readonly channel: string
  readonly orderer: {
    readonly port: number
    readonly adminPort: number
    readonly tls: string
    readonly msp: string
    readonly logFile: string
  }
  readonly organizations: readonly OrganizationLayout[]
}

/** Of one organisation. */
export interface OrganizationLayout {
  readonly name: string
  readonly mspId: string
  readonly port: number
  readonly chaincodePort: number
  /** Folder of the organisation's own certificates. */
  readonly msp: string
  /** Folder of the key that signs its members' certificates. */
  readonly authority: string
  readonly peer: { readonly msp: string; readonly tls: string; readonly logFile: string }
  readonly admin: string
  readonly user: string
}

export const ordererMspId = 'OrdererMSP'
export const ordererHost = 'orderer.orderer.test'

/** @param ports - three for the orderer, of which one stays free, and three for each organisation */
export function fabricLayout(
  folder: string,
  channel: string,
  names: readonly string[],
  ports: readonly { readonly p2p: number; readonly rpc: number }[],
): FabricLayout {
  const orderer = join(folder, 'crypto', 'ordererOrganizations', 'orderer.test', 'orderers', ordererHost)
  return {
    folder,
    channel,
    orderer: {
      port: ports[0]!.p2p,
      adminPort: ports[0]!.rpc,
      tls: join(orderer, 'tls'),
      msp: join(orderer, 'msp'),
      logFile: join(folder, 'orderer.log'),
    },
    organizations: names.map((name, index) => {
      const domain = domainOf(name)
      const organization = join(folder, 'crypto', 'peerOrganizations', domain)
      const peer = join(organization, 'peers', `peer0.${domain}`)
      return {
        name,
        mspId: `${name}MSP`,
        port: ports[index + 1]!.p2p,
        chaincodePort: ports[index + 1]!.rpc,
        msp: join(organization, 'msp'),
        authority: join(organization, 'ca'),
        peer: { msp: join(peer, 'msp'), tls: join(peer, 'tls'), logFile: join(folder, `peer-${name}.log`) },
        admin: join(organization, 'users', `Admin@${domain}`, 'msp'),
        user: join(organization, 'users', `User1@${domain}`, 'msp'),
      }
    }),
  }
}

export function domainOf(name: string): string {
  return `${name.toLowerCase()}.test`
}
