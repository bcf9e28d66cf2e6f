import type { Transfer } from '@hufu/chains/titles'
import { publicKeyToJwk } from '@hufu/keys'
import { canonicalJson } from '@hufu/primitives'
import type { Counterpart } from '../counterpart.ts'
import { SatpError } from '../errors.ts'
import type { Capabilities, TransferInitClaim, TransferProposal } from '../message/message.ts'
import { satpVersion } from '../message/message-type.ts'
import type { ProtocolErrorCode } from '../message/protocol-error.ts'
import type { Rules } from '../rules.ts'

/** What is transferred here: a title, as packages/chains has it. Our own name. */
const assetProfileId = 'urn:hufu:asset-profile:title:1'
const lockType = 'TIME_LOCK'
const signatureAlgorithm = 'ES256'
const tlsScheme = 'TLS_AES_128_GCM_SHA256'

/** The proposal of a transfer (§8.3). */
export function proposalOf(transfer: Transfer, fromHolder: string, counterpart: Counterpart, nowMs: number): TransferProposal {
  const lockSeconds = Math.max(0, Math.floor((transfer.lockUntilMs - nowMs) / 1000))
  const transferInitClaim: TransferInitClaim = {
    digitalAssetId: { titleId: transfer.assetId, contentHash: transfer.contentHash },
    assetProfileId,
    networkLockType: lockType,
    assetLockExpirationTime: lockSeconds,
    verifiedOriginatorEntityId: fromHolder,
    verifiedBeneficiaryEntityId: transfer.toHolder,
    originatorPublicKey: fromHolder,
    beneficiaryPublicKey: transfer.toHolder,
    senderGatewaySignaturePublicKey: publicKeyToJwk(counterpart.own.signer.publicKey),
    receiverGatewaySignaturePublicKey: publicKeyToJwk(counterpart.publicKey),
    senderGatewayId: counterpart.own.did,
    recipientGatewayId: counterpart.did,
    senderGatewayNetworkId: transfer.fromNetwork,
    recipientGatewayNetworkId: transfer.toNetwork,
    lockAssertionExpiration: new Date(transfer.lockUntilMs).toISOString(),
  }
  const gatewayAndNetworkCapabilities: Capabilities = {
    gatewayDefaultSignatureAlgorithm: signatureAlgorithm,
    gatewaySupportedSignatureAlgorithms: [signatureAlgorithm],
    networkLockType: lockType,
    networkLockExpirationTime: lockSeconds,
    gatewayTlsScheme: tlsScheme,
  }
  return {
    kind: 'transfer-proposal-msg',
    version: satpVersion,
    sessionId: transfer.transferId,
    transferContextId: transfer.transferId,
    transferInitClaimFormat: 'TRANSFER_INIT_CLAIM_FORMAT_1',
    transferInitClaim,
    gatewayAndNetworkCapabilities,
  }
}

/** The transfer that a proposal proposes. */
export function transferOf({ sessionId, transferInitClaim: claim }: TransferProposal): Transfer {
  return {
    transferId: sessionId,
    assetId: claim.digitalAssetId.titleId,
    contentHash: claim.digitalAssetId.contentHash,
    fromNetwork: claim.senderGatewayNetworkId,
    toNetwork: claim.recipientGatewayNetworkId,
    toHolder: claim.verifiedBeneficiaryEntityId,
    lockUntilMs: Date.parse(claim.lockAssertionExpiration),
  }
}

/**
 * Whether a proposal can be taken at all: the draft's parameters, both gateways and their keys, networks that they speak for, and times.
 *
 * @param options.isServed - whether this gateway speaks for the network that the title is to go to
 * @throws SatpError `ERR_SATP_TERMS`, with the draft's code for the member
 */
export function checkProposal(
  proposal: TransferProposal,
  options: { readonly counterpart: Counterpart; readonly isServed: boolean; readonly rules: Rules; readonly nowMs: number },
): void {
  const { counterpart, rules, nowMs } = options
  const { transferInitClaim: claim, gatewayAndNetworkCapabilities: able } = proposal
  const leftMs = Date.parse(claim.lockAssertionExpiration) - nowMs
  const isKey = (jwk: unknown, key: Counterpart['publicKey']): boolean => canonicalJson(jwk) === canonicalJson(publicKeyToJwk(key))
  const checks: readonly (readonly [isMet: boolean, code: ProtocolErrorCode])[] = [
    [proposal.transferContextId === proposal.sessionId, 'err_1.1.1'],
    [claim.assetProfileId === assetProfileId, 'err_1.1.12'],
    [claim.originatorPublicKey === claim.verifiedOriginatorEntityId, 'err_1.1.15'],
    [claim.beneficiaryPublicKey === claim.verifiedBeneficiaryEntityId, 'err_1.1.16'],
    [isKey(claim.senderGatewaySignaturePublicKey, counterpart.publicKey), 'err_1.1.17'],
    [isKey(claim.receiverGatewaySignaturePublicKey, counterpart.own.signer.publicKey), 'err_1.1.18'],
    [claim.senderGatewayId === counterpart.did, 'err_1.1.19'],
    [claim.recipientGatewayId === counterpart.own.did, 'err_1.1.20'],
    [counterpart.networks.includes(claim.senderGatewayNetworkId), 'err_0.1.2'],
    [claim.senderGatewayNetworkId !== claim.recipientGatewayNetworkId, 'err_1.1.20'],
    [options.isServed, 'err_1.1.20'],
    [able.gatewayDefaultSignatureAlgorithm === signatureAlgorithm, 'err_1.1.31'],
    [claim.networkLockType === lockType && able.networkLockType === lockType, 'err_1.1.32'],
    [able.gatewayTlsScheme === tlsScheme, 'err_1.1.34'],
    [leftMs >= rules.minLockMs && leftMs <= rules.maxLockMs, 'err_1.1.33'],
  ]
  const failed = checks.find(([isMet]) => !isMet)
  if (failed !== undefined)
    throw new SatpError('ERR_SATP_TERMS', 'proposal: expected terms that this gateway can keep', { protocolCode: failed[1] })
}
