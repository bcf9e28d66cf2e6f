import { join } from 'node:path'
import { domainOf, type FabricLayout, type OrganizationLayout, ordererMspId } from './fabric-layout.ts'

/** What `cryptogen` makes keys and certificates for. JSON, as the other texts here: every YAML parser reads it. */
export function cryptoConfig({ organizations }: FabricLayout): string {
  const SANS = ['localhost', '127.0.0.1']
  return JSON.stringify({
    OrdererOrgs: [{ Name: 'Orderer', Domain: 'orderer.test', EnableNodeOUs: true, Specs: [{ Hostname: 'orderer', SANS }] }],
    PeerOrgs: organizations.map(({ name }) => ({
      Name: name,
      Domain: domainOf(name),
      EnableNodeOUs: true,
      Specs: [{ Hostname: 'peer0', SANS }],
      Users: { Count: 1 },
    })),
  })
}

/** Name of the one profile in {@link channelConfig}. */
export const channelProfile = 'Channel'

/** What `configtxgen` makes the channel's first block of: one Raft orderer, and a majority of the organisations for each change. */
export function channelConfig(layout: FabricLayout): string {
  const { orderer, organizations, folder } = layout
  const ordererOrganization = join(folder, 'crypto', 'ordererOrganizations', 'orderer.test', 'msp')
  const tlsCertificate = join(orderer.tls, 'server.crt')
  return JSON.stringify({
    Profiles: {
      [channelProfile]: {
        Capabilities: { V3_0: true },
        Policies: { ...anyMember, Admins: meta('MAJORITY Admins') },
        Orderer: {
          OrdererType: 'etcdraft',
          BatchTimeout: '200ms',
          BatchSize: { MaxMessageCount: 500, AbsoluteMaxBytes: '10 MB', PreferredMaxBytes: '2 MB' },
          EtcdRaft: {
            Consenters: [{ Host: '127.0.0.1', Port: orderer.port, ClientTLSCert: tlsCertificate, ServerTLSCert: tlsCertificate }],
            Options: { TickInterval: '100ms', ElectionTick: 10, HeartbeatTick: 1, MaxInflightBlocks: 5, SnapshotIntervalSize: '16 MB' },
          },
          Organizations: [
            {
              Name: 'Orderer',
              ID: ordererMspId,
              MSPDir: ordererOrganization,
              OrdererEndpoints: [`127.0.0.1:${orderer.port}`],
              Policies: {
                Readers: signature(`OR('${ordererMspId}.member')`),
                Writers: signature(`OR('${ordererMspId}.member')`),
                Admins: signature(`OR('${ordererMspId}.admin')`),
              },
            },
          ],
          Policies: { ...anyMember, Admins: meta('MAJORITY Admins'), BlockValidation: meta('ANY Writers') },
          Capabilities: { V2_0: true },
        },
        Application: {
          Organizations: organizations.map(peerOrganization),
          Policies: {
            ...anyMember,
            Admins: meta('MAJORITY Admins'),
            LifecycleEndorsement: meta('MAJORITY Endorsement'),
            Endorsement: meta('MAJORITY Endorsement'),
          },
          Capabilities: { V2_5: true },
        },
      },
    },
  })
}

function peerOrganization({ name, mspId, msp, port }: OrganizationLayout): object {
  return {
    Name: name,
    ID: mspId,
    MSPDir: msp,
    // Organisations find each other's peers by them.
    AnchorPeers: [{ Host: '127.0.0.1', Port: port }],
    Policies: {
      Readers: signature(`OR('${mspId}.admin', '${mspId}.peer', '${mspId}.client')`),
      Writers: signature(`OR('${mspId}.admin', '${mspId}.client')`),
      Admins: signature(`OR('${mspId}.admin')`),
      Endorsement: signature(`OR('${mspId}.peer')`),
    },
  }
}

const anyMember = { Readers: meta('ANY Readers'), Writers: meta('ANY Writers') }

function meta(rule: string): object {
  return { Type: 'ImplicitMeta', Rule: rule }
}

function signature(rule: string): object {
  return { Type: 'Signature', Rule: rule }
}

/** Settings of the orderer that differ from those that come with it. */
export function ordererEnvironment({ folder, orderer }: FabricLayout): Record<string, string> {
  const data = join(folder, 'orderer')
  const [certificate, key, authority] = ['server.crt', 'server.key', 'ca.crt'].map(name => join(orderer.tls, name)) as [
    string,
    string,
    string,
  ]
  return {
    FABRIC_CFG_PATH: folder,
    FABRIC_LOGGING_SPEC: 'WARN',
    ORDERER_GENERAL_BOOTSTRAPMETHOD: 'none',
    ORDERER_CHANNELPARTICIPATION_ENABLED: 'true',
    ORDERER_GENERAL_LISTENADDRESS: '127.0.0.1',
    ORDERER_GENERAL_LISTENPORT: String(orderer.port),
    ORDERER_GENERAL_LOCALMSPID: ordererMspId,
    ORDERER_GENERAL_LOCALMSPDIR: orderer.msp,
    ORDERER_GENERAL_TLS_ENABLED: 'true',
    ORDERER_GENERAL_TLS_PRIVATEKEY: key,
    ORDERER_GENERAL_TLS_CERTIFICATE: certificate,
    ORDERER_GENERAL_TLS_ROOTCAS: `[${authority}]`,
    ORDERER_GENERAL_CLUSTER_CLIENTCERTIFICATE: certificate,
    ORDERER_GENERAL_CLUSTER_CLIENTPRIVATEKEY: key,
    ORDERER_GENERAL_CLUSTER_ROOTCAS: `[${authority}]`,
    ORDERER_ADMIN_LISTENADDRESS: `127.0.0.1:${orderer.adminPort}`,
    ORDERER_ADMIN_TLS_ENABLED: 'true',
    ORDERER_ADMIN_TLS_PRIVATEKEY: key,
    ORDERER_ADMIN_TLS_CERTIFICATE: certificate,
    ORDERER_ADMIN_TLS_CLIENTAUTHREQUIRED: 'true',
    ORDERER_ADMIN_TLS_CLIENTROOTCAS: `[${authority}]`,
    ORDERER_ADMIN_TLS_ROOTCAS: `[${authority}]`,
    ORDERER_OPERATIONS_LISTENADDRESS: '127.0.0.1:0',
    ORDERER_FILELEDGER_LOCATION: join(data, 'ledger'),
    ORDERER_CONSENSUS_WALDIR: join(data, 'wal'),
    ORDERER_CONSENSUS_SNAPDIR: join(data, 'snap'),
  }
}

/** Settings of a peer that differ from those that come with it. */
export function peerEnvironment({ folder }: FabricLayout, organization: OrganizationLayout): Record<string, string> {
  const { name, mspId, port, chaincodePort, peer } = organization
  const address = `127.0.0.1:${port}`
  const data = join(folder, `peer-${name}`)
  return {
    FABRIC_CFG_PATH: folder,
    FABRIC_LOGGING_SPEC: 'WARN',
    CORE_PEER_ID: `peer0.${domainOf(name)}`,
    CORE_PEER_ADDRESS: address,
    CORE_PEER_LISTENADDRESS: address,
    CORE_PEER_CHAINCODEADDRESS: `127.0.0.1:${chaincodePort}`,
    CORE_PEER_CHAINCODELISTENADDRESS: `127.0.0.1:${chaincodePort}`,
    CORE_PEER_LOCALMSPID: mspId,
    CORE_PEER_MSPCONFIGPATH: peer.msp,
    CORE_PEER_FILESYSTEMPATH: data,
    CORE_PEER_GOSSIP_BOOTSTRAP: address,
    CORE_PEER_GOSSIP_ENDPOINT: address,
    CORE_PEER_GOSSIP_EXTERNALENDPOINT: address,
    // Peers of several organisations find each other, also again, within a second or two instead of half a minute.
    CORE_PEER_GOSSIP_RECONNECTINTERVAL: '1s',
    CORE_PEER_GOSSIP_ALIVETIMEINTERVAL: '1s',
    CORE_PEER_GOSSIP_PUBLISHSTATEINFOINTERVAL: '1s',
    CORE_PEER_GOSSIP_REQUESTSTATEINFOINTERVAL: '1s',
    CORE_PEER_GOSSIP_MEMBERSHIPTRACKERINTERVAL: '1s',
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_CERT_FILE: join(peer.tls, 'server.crt'),
    CORE_PEER_TLS_KEY_FILE: join(peer.tls, 'server.key'),
    CORE_PEER_TLS_ROOTCERT_FILE: join(peer.tls, 'ca.crt'),
    CORE_LEDGER_SNAPSHOTS_ROOTDIR: join(data, 'snapshots'),
    CORE_OPERATIONS_LISTENADDRESS: '127.0.0.1:0',
    // No Docker: chaincode is a server that the peer calls.
    CORE_VM_ENDPOINT: '',
  }
}

/** Environment of the program `peer` when an organisation's administrator runs it. */
export function adminEnvironment({ folder }: FabricLayout, { mspId, admin, port, peer }: OrganizationLayout): Record<string, string> {
  return {
    FABRIC_CFG_PATH: folder,
    FABRIC_LOGGING_SPEC: 'ERROR',
    CORE_PEER_LOCALMSPID: mspId,
    CORE_PEER_MSPCONFIGPATH: admin,
    CORE_PEER_ADDRESS: `127.0.0.1:${port}`,
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: join(peer.tls, 'ca.crt'),
  }
}

/** The three programs by which a peer takes chaincode that is a server: Fabric's own builder for it comes without sources. */
export const builderScripts: Readonly<Record<'detect' | 'build' | 'release', string>> = {
  detect: `#!/bin/sh\ngrep -q '"type" *: *"ccaas"' "$2/metadata.json"\n`,
  build: `#!/bin/sh\ncp "$1/connection.json" "$3/"\n`,
  release: `#!/bin/sh\nmkdir -p "$2/chaincode/server" && cp "$1/connection.json" "$2/chaincode/server/"\n`,
}
