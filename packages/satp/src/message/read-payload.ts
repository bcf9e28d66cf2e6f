import type { ChainProof } from '@hufu/chains'
import type { PublicJwk } from '@hufu/keys'
import { SatpError } from '../errors.ts'
import type {
  AbortReason,
  AssignmentAssertionClaim,
  BurnAssertionClaim,
  Capabilities,
  ErrorMessage,
  LockAssertionClaim,
  MintAssertionClaim,
  SatpMessage,
  TransferInitClaim,
} from './message.ts'
import { type MessageType, messageTypePrefix, messageTypes, satpVersion } from './message-type.ts'
import { isProtocolErrorCode, protocolErrorPrefix, protocolErrors } from './protocol-error.ts'
import { constant, did, hash, label, malformed, members, network, nullable, oneOf, type Reader, seconds, text, time } from './readers.ts'

const abortReasons: readonly AbortReason[] = [
  'operator',
  'time-out',
  'lock-refused',
  'leave-refused',
  'not-accepted',
  'refused-by-counterpart',
  'aborted-by-counterpart',
]

const version: Reader<string> = (json, path) => {
  if (json !== satpVersion) throw new SatpError('ERR_SATP_VERSION', `${path}: expected version ${satpVersion}`)
  return satpVersion
}

const coordinate = text(/^[A-Za-z0-9_-]{43}$/, 'a coordinate of 32 bytes in base64url')
const p256Key: Reader<PublicJwk> = members({ kty: constant('EC'), crv: constant('P-256'), x: coordinate, y: coordinate })

const titleId = text(/^[a-z0-9.-]{1,64}$/, "a title's identifier")

const initClaim = members<TransferInitClaim>({
  digitalAssetId: members({ titleId, contentHash: hash }),
  assetProfileId: label,
  networkLockType: label,
  assetLockExpirationTime: seconds,
  verifiedOriginatorEntityId: did,
  verifiedBeneficiaryEntityId: did,
  originatorPublicKey: did,
  beneficiaryPublicKey: did,
  senderGatewaySignaturePublicKey: p256Key,
  receiverGatewaySignaturePublicKey: p256Key,
  senderGatewayId: did,
  recipientGatewayId: did,
  senderGatewayNetworkId: network,
  recipientGatewayNetworkId: network,
  lockAssertionExpiration: time,
})

const capabilities = members<Capabilities>({
  gatewayDefaultSignatureAlgorithm: label,
  gatewaySupportedSignatureAlgorithms: (json, path) => {
    if (!Array.isArray(json) || json.length > 16) throw malformed(path, 'a list of at most 16')
    return json.map((item, index) => label(item, `${path}[${index}]`))
  },
  networkLockType: label,
  networkLockExpirationTime: seconds,
  gatewayTlsScheme: label,
})

const lockClaim = members<LockAssertionClaim>({ networkId: network, titleId, contentHash: hash, transactionId: nullable(label) })
const mintClaim = members<MintAssertionClaim>({ networkId: network, titleId, mintedBy: constant('proof-of-left') })
const chainProof = members<ChainProof>({ format: label, network, evidence: json => json })
const burnClaim = members<BurnAssertionClaim>({ networkId: network, titleId, proof: chainProof })
const assignmentClaim = members<AssignmentAssertionClaim>({
  networkId: network,
  titleId,
  holder: did,
  transactionId: nullable(label),
})

const header = { sessionId: hash, transferContextId: hash }
const chained = { ...header, hashPrevMessage: hash }

/** An error's members as the draft has them (§11.3). Status and title are those of its code. */
const problem: Reader<Omit<ErrorMessage, 'kind'>> = (json, path) => {
  const { type, status, title, prevMsgType, ...rest } = members<{
    type: string
    status: number
    title: string
    version: string
    sessionId: string
    transferContextId: string
    prevMsgType: string | undefined
    hashPrevMessage: string
    timestamp: string
  }>({
    ...chained,
    type: label,
    status: seconds,
    title: text(/^[\x20-\x7e]{1,200}$/, "the code's title"),
    version,
    prevMsgType: (value, at) => (value === undefined ? undefined : label(value, at)),
    timestamp: time,
  })(json, path)
  const code = type.startsWith(protocolErrorPrefix) ? type.slice(protocolErrorPrefix.length) : ''
  if (!isProtocolErrorCode(code)) throw malformed(`${path}.type`, `a code of the draft behind ${protocolErrorPrefix}`)
  const [expectedStatus, expectedTitle] = protocolErrors[code]
  if (status !== expectedStatus || title !== expectedTitle) throw malformed(`${path}.status`, "the code's status and title")
  return { ...rest, code, prevMessageType: prevMsgType }
}

/** Members of each message, but for its type. */
const readers: { readonly [Kind in MessageType]: Reader<Omit<Extract<SatpMessage, { kind: Kind }>, 'kind'>> } = {
  'transfer-proposal-msg': members({
    ...header,
    version,
    transferInitClaimFormat: constant('TRANSFER_INIT_CLAIM_FORMAT_1'),
    transferInitClaim: initClaim,
    gatewayAndNetworkCapabilities: capabilities,
  }),
  'proposal-receipt-msg': members({ ...chained, version, hashTransferInitClaim: hash, timestamp: time }),
  'transfer-commence-msg': members({ ...chained, hashTransferInitClaim: hash }),
  'ack-commence-msg': members(chained),
  'lock-assert-msg': members({
    ...chained,
    lockAssertionClaimFormat: constant('LOCK_ASSERTION_CLAIM_FORMAT_1'),
    lockAssertionClaim: lockClaim,
    lockAssertionExpiration: time,
  }),
  'assertion-receipt-msg': members(chained),
  'commit-prepare-msg': members(chained),
  'commit-ready-msg': members({
    ...chained,
    mintAssertionClaimFormat: constant('MINT_ASSERTION_CLAIM_FORMAT_1'),
    mintAssertionClaim: mintClaim,
  }),
  'commit-final-msg': members({
    ...chained,
    burnAssertionClaimFormat: constant('BURN_ASSERTION_CLAIM_FORMAT_1'),
    burnAssertionClaim: burnClaim,
  }),
  'ack-commit-final-msg': members({
    ...chained,
    assignmentAssertionClaimFormat: constant('ASSIGNMENT_ASSERTION_CLAIM_FORMAT_1'),
    assignmentAssertionClaim: assignmentClaim,
  }),
  'commit-transfer-complete-msg': members({ ...chained, hashTransferCommence: hash }),
  'session-abort-msg': members({ ...chained, reason: oneOf(abortReasons), timestamp: time }),
  'error-msg': problem,
}

/**
 * Reads the payload of a message by the schema of its type: every member of its form, none missing, none besides.
 *
 * @throws SatpError `ERR_SATP_MALFORMED`, `ERR_SATP_VERSION`
 */
export function readPayload(payload: { readonly [name: string]: unknown }): SatpMessage {
  const { messageType, ...rest } = payload
  const kind = messageTypes.find(type => messageType === `${messageTypePrefix}${type}`)
  if (kind === undefined) throw malformed('messageType', `a type of the draft behind ${messageTypePrefix}`)
  return { kind, ...readers[kind](rest, kind) } as SatpMessage
}
