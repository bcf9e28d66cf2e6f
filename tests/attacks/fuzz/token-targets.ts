import { type NetworkId, parseNetworkId } from '@hufu/chains'
import type { AssetEnd } from '@hufu/chains/titles'
import { didOf } from '@hufu/did'
import {
  clientIdOfDid,
  createDpopProof,
  createKeyProof,
  createPresentationRequest,
  generateResponseKey,
  parsePresentationLink,
  presentationLink,
  verifyDpopProof,
  verifyKeyProofs,
  verifyPresentationRequest,
} from '@hufu/exchange'
import type { Signer } from '@hufu/keys'
import { parseScriptHash } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import {
  type Counterpart,
  type GatewayPorts,
  MemorySessionLog,
  type Quarantined,
  SatpError,
  SatpGateway,
  signView,
  verifyView,
} from '@hufu/satp'
import { fixedSigner } from '@hufu/testkit'
import { signGrant, verifyGrant } from '../../../apps/institution/src/handover/grant.ts'
import { signMessage, verifyMessage } from '../../../apps/institution/src/handover/peer-message.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { jwtTarget } from './jwt-target.ts'

const nowMs = 1_795_406_400_000
const clock = { nowMs: () => nowMs }
const didWith = (digits: string): string => didOf('test', parseScriptHash(digits.repeat(20)))
const [holder, receiver] = [didWith('04'), didWith('05')]

/** Signed messages between wallets, servers, institutions and gateways. */
export async function tokenTargets(): Promise<readonly FuzzTarget[]> {
  return [
    await requestTarget(),
    await keyProofTarget(),
    await dpopTarget(),
    await grantTarget(),
    await messageTarget(),
    await viewTarget(),
    await satpTarget(),
  ]
}

/** What a verifier asks a wallet for. */
async function requestTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz verifier')
  const kid = `${holder}#key-1`
  const requestUri = 'https://bank.example/vp/requests/1'
  const link = parsePresentationLink(presentationLink({ clientId: clientIdOfDid(holder), requestUri }))
  const original = await createPresentationRequest({
    key: { id: kid, signer },
    responseUri: 'https://bank.example/vp/responses/1',
    dcql: {
      credentials: [
        {
          id: 'residence',
          format: 'dc+sd-jwt',
          meta: { vct_values: ['urn:hufu:resident'] },
          claims: [{ path: ['name'] }, { path: ['age_equal_or_over', '18'], values: [true] }],
        },
      ],
    },
    responseKey: (await generateResponseKey()).publicJwk,
    nonce: 'AAECAwQFBgcICQoLDA0ODw',
    state: 'state-1',
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + 60_000,
    registeredQuery: { id: 'bank-account-opening', version: 1 },
    transactionData: [{ type: 'hand-over', credential_ids: ['residence'] }],
  })
  return jwtTarget({
    name: 'request for a presentation',
    weight: 16,
    codes: ['ERR_EXCHANGE_'],
    original,
    signer,
    verify: text =>
      verifyPresentationRequest(text, {
        link,
        resolveKey: async ({ kid: asked }) => (asked === kid ? { controller: holder, publicKey: signer.publicKey } : null),
        nowMs,
      }),
  })
}

async function keyProofTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz wallet')
  const audience = 'https://bureau.example/issuer'
  return jwtTarget({
    name: 'key proof of a wallet',
    weight: 16,
    codes: ['ERR_EXCHANGE_'],
    original: await createKeyProof({ signer, audience, nonce: 'a-nonce-of-the-issuer', nowMs }),
    signer,
    verify: text => verifyKeyProofs([text], { audience, nowMs, maxCount: 1 }),
  })
}

async function dpopTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz wallet')
  const request = { method: 'POST', url: 'https://bureau.example/issuer/credential', accessToken: 'an-access-token', nonce: 'n', nowMs }
  return jwtTarget({
    name: 'DPoP proof',
    weight: 16,
    codes: ['ERR_EXCHANGE_'],
    original: await createDpopProof({ signer, ...request }),
    signer,
    verify: text => verifyDpopProof(text, request),
  })
}

/** That an institution may fetch a person's record. */
async function grantTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz holder')
  const kid = `${holder}#key-1`
  const grant = { id: 'a-grant', holder, receiver, record: 'tax', subject: 'a-subject', notBeforeMs: nowMs, endMs: nowMs + 3_600_000 }
  return jwtTarget({
    name: 'grant of a hand-over',
    weight: 12,
    codes: ['ERR_HANDOVER_'],
    original: await signGrant({ ...grant, receiptSha256: 'x'.repeat(43) }, { id: kid, signer }),
    signer,
    verify: text => verifyGrant(text, grant, keyOf(holder, kid, signer), nowMs),
  })
}

/** What institutions say to each other. */
async function messageTarget(): Promise<FuzzTarget> {
  const signer = await fixedSigner('fuzz holder')
  const kid = `${holder}#key-1`
  const content = {
    issuer: holder,
    audience: receiver,
    about: { method: 'POST', path: '/peers/records' } as const,
    body: { record: 'tax', grant: 'g' },
  }
  const { jws } = await signMessage(content, { id: kid, signer }, nowMs)
  return jwtTarget({
    name: 'message between institutions',
    weight: 12,
    codes: ['ERR_HANDOVER_'],
    original: jws,
    signer,
    verify: async text => {
      const { jws: _, ...verified } = await verifyMessage(text, content, keyOf(holder, kid, signer), nowMs)
      return verified
    },
  })
}

function keyOf(did: string, kid: string, { publicKey }: Signer) {
  return async ({ kid: asked }: { readonly kid: string }) => (asked === kid ? { controller: did, publicKey, evidence: {} } : null)
}

const [originDid, destinationDid] = ['did:neo:pilot:NGatewayA', 'did:neo:pilot:NGatewayB']
const originNetwork: NetworkId = parseNetworkId('neo3:77')
const destinationNetwork: NetworkId = parseNetworkId('neo3:78')

/** A as B knows it, and B as A knows it. */
async function counterparts(): Promise<{ readonly a: Counterpart; readonly b: Counterpart; readonly signer: Signer }> {
  const [ofA, ofB] = [await fixedSigner('fuzz gateway a'), await fixedSigner('fuzz gateway b')]
  const keyOfA = { did: originDid, kid: `${originDid}#for-b` }
  const keyOfB = { did: destinationDid, kid: `${destinationDid}#for-a` }
  return {
    a: { ...keyOfA, publicKey: ofA.publicKey, networks: [originNetwork], own: { ...keyOfB, signer: ofB } },
    b: { ...keyOfB, publicKey: ofB.publicKey, networks: [destinationNetwork], own: { ...keyOfA, signer: ofA } },
    signer: ofA,
  }
}

/** What a gateway answers to a read. */
async function viewTarget(): Promise<FuzzTarget> {
  const { a, b, signer } = await counterparts()
  const request = { network: originNetwork, address: { contract: '7', path: ['AQID'] }, nonce: 'n-0S6_WzA2Mjn-0S6' }
  const proof = { format: 'fake/1', network: originNetwork, evidence: { value: 'block 7' } }
  return jwtTarget({
    name: 'view of another chain',
    weight: 10,
    codes: ['ERR_SATP_', 'ERR_CHAIN_'],
    original: await signView(request, proof, b, clock),
    signer,
    verify: text =>
      verifyView(text, {
        request,
        counterpart: a,
        verify: async ({ network, evidence }) => ({
          network,
          address: request.address,
          value: new TextEncoder().encode(JSON.stringify(evidence)),
          height: 7,
          timeMs: nowMs,
          assurance: { kind: 'lightClient' },
        }),
        minAssurance: { kind: 'lightClient' },
        clock,
        maxAgeMs: 60_000,
      }),
  })
}

/** The first message of a transfer between gateways: believed if a session is opened for it. */
async function satpTarget(): Promise<FuzzTarget> {
  const { a, b, signer } = await counterparts()
  let proposal = ''
  const origin = new SatpGateway({
    ...portsOf(endOf(originNetwork, true), b),
    send: async message => {
      proposal = message
      return undefined
    },
  })
  const { sessionId } = await origin.begin({
    assetId: 'neo3-77.licence',
    fromNetwork: originNetwork,
    toNetwork: destinationNetwork,
    toHolder: 'did:neo:pilot:NNewHolder',
    counterpart: destinationDid,
    lockForMs: 600_000,
    transferId: 'ab'.repeat(32),
  })
  await origin.advance(sessionId)
  return jwtTarget({
    name: 'message of a transfer between gateways',
    weight: 10,
    codes: ['ERR_SATP_'],
    original: proposal,
    signer,
    verify: text => openedBy(text, a),
  })
}

/** The session that a gateway opens for a message. @throws SatpError why it opens none */
async function openedBy(message: string, counterpart: Counterpart): Promise<unknown> {
  const refusals: Quarantined[] = []
  const ports = {
    ...portsOf(endOf(destinationNetwork, false), counterpart),
    quarantine: async (item: Quarantined) => void refusals.push(item),
  }
  const gateway = new SatpGateway(ports)
  try {
    await gateway.receive(message)
  } catch (error) {
    // What is to come again must not hide a mistake in the program.
    throw errorCode(error) === 'ERR_SATP_WAITING' ? (error as Error).cause : error
  }
  const sessions = await Promise.all((await ports.log.open()).map(id => gateway.status(id)))
  // A refusal that the counterpart is told, signed, and nothing begun.
  if (refusals[0] !== undefined && sessions.length === 0) throw new SatpError(refusals[0].code, refusals[0].detail)
  return sessions
}

function portsOf(end: AssetEnd, counterpart: Counterpart): GatewayPorts {
  return {
    log: new MemorySessionLog(),
    endOf: asked => (asked === end.network ? end : undefined),
    counterparts: { find: async did => (did === counterpart.did ? counterpart : undefined) },
    send: async () => undefined,
    clock,
    quarantine: async () => undefined,
  }
}

/** A chain that has the title, or never had it; nothing is moved in these tests. */
function endOf(network: NetworkId, hasTitle: boolean): AssetEnd {
  const unused = () => Promise.reject(new Error('no title is moved here'))
  return {
    network,
    get: async assetId =>
      hasTitle ? { status: 'held', assetId, holder: 'did:neo:pilot:NFormerHolder', contentHash: 'c0'.repeat(32) } : undefined,
    ...{ lock: unused, leave: unused, unlock: unused, proveLeft: unused, arrive: unused, arrived: async () => false },
  }
}
