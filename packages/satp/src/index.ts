/**
 * Transfers of control between two gateways: the Secure Asset Transfer Protocol, whose sessions survive crashes on either side, in {@link SatpGateway};
 * and reads, as {@link signView} gives them. No I/O but through {@link GatewayPorts}; for browsers, too.
 *
 * @packageDocumentation
 */
export { type Counterpart, type Counterparts, type Send, satpMediaType } from './counterpart.ts'
export { SatpError, type SatpErrorCode } from './errors.ts'
export type { AbortReason } from './message/message.ts'
export { satpDraft, satpVersion } from './message/message-type.ts'
export type { AssetPosition, GatewayPorts, Progress, Quarantined, Reply, SessionStatus, TransferGateway, TransferRequest } from './ports.ts'
export { defaultRules, type Rules } from './rules.ts'
export { SatpGateway } from './satp-gateway.ts'
export { MemorySessionLog } from './session/memory-session-log.ts'
export type { ChainAction, OpenedRecord, Role, SessionLog, SessionOutcome, SessionRecord } from './session/session-log.ts'
export { readViewRequest, type SignedView, signView, type ViewRequest, verifyView } from './view/view.ts'
