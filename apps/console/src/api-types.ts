/**
 * What the console's API gives, for its pages: types alone, they come out of the schemas of the routes.
 *
 * | route | answer |
 * | --- | --- |
 * | `GET /v1/network`, `GET /v1/names` | {@link Network}, {@link Names} |
 * | `GET /v1/fleet`, `GET /v1/fleet/history?from&to&points` | {@link Fleet}, {@link FleetHistory} |
 * | `GET /v1/fleet/events` (SSE: events `fleet` and `alarm`, data of both {@link Fleet}) | |
 * | `GET /v1/operations/fleet` (operator) | {@link FleetDetails} |
 * | `GET /v1/trust/registry?time`, `GET /v1/trust/history?kind&did&name&before&limit` | {@link TrustRegistry}, {@link TrustHistory} |
 * | `GET /v1/trust/at?time&type` or `&query` | {@link TrustAt} |
 * | `GET /v1/explorer/search?q` | {@link Search} |
 * | `GET /v1/explorer/blocks?before&limit`, `…/blocks/:block` (number or hash) | {@link BlockList}, {@link BlockAnswer} |
 * | `GET /v1/explorer/transactions/:hash` | {@link TransactionAnswer} |
 * | `GET /v1/explorer/notifications?contract&name&before&limit` | {@link NotificationList} |
 * | `GET /v1/explorer/dids/:did?time` or `?version` | {@link DidAnswer} |
 * | `GET /v1/explorer/grants/:kind/:did?name&time` | {@link GrantAnswer} |
 * | `GET /v1/explorer/rights/:kind/:did/:name?time` (kind issue or ask) | {@link RightAnswer} |
 * | `GET /v1/explorer/credential-types`, `…/credential-types/:type?version` | {@link CredentialTypeList}, {@link CredentialTypeAnswer} |
 * | `GET /v1/explorer/queries?did`, `…/queries/:did/:query?version` | {@link QueryList}, {@link QueryAnswer} |
 * | `GET /v1/explorer/trees`, `…/trees/:did/:type?root`, `…/trees/:did/:type/roots` | {@link TreeList}, {@link TreeAnswer}, {@link TreeHistory} |
 * | `GET /v1/explorer/anchors?did`, `…/anchors/:did/:list?sequence` | {@link AnchorList}, {@link AnchorAnswer} |
 * | `GET /v1/explorer/verifying-keys`, `…/verifying-keys/:circuit?version` | {@link VerifyingKeyList}, {@link VerifyingKeyAnswer} |
 * | `GET /v1/council`, `GET /v1/explorer/proposals`, `…/proposals/:id` | {@link Council}, {@link ProposalList}, {@link ProposalAnswer} |
 * | `POST /v1/council/prepare` (member), `POST /v1/council/send` (member) | {@link Prepared}, {@link Sent} |
 * | `POST /v1/audit/replay` (auditor; body: a log as `GET /audit/export` gives it, `application/jsonl`) | {@link Replay} |
 * | `/staff/…` as an institution's | |
 */
export type { Replay } from './api/audit-schemas.ts'
export type { ApiTexts } from './api/common-schemas.ts'
export type { Council, Prepared, PrepareRequest, Proposal, ProposalAnswer, ProposalList, Sent } from './api/council-schemas.ts'
export type { Evidence, ToldEvidence } from './api/evidence-schemas.ts'
export type {
  AnchorAnswer,
  AnchorList,
  Block,
  BlockAnswer,
  BlockList,
  CredentialType,
  CredentialTypeAnswer,
  CredentialTypeList,
  DidAnswer,
  DidRecord,
  Notification,
  NotificationList,
  QueryAnswer,
  QueryList,
  RegisteredQuery,
  Search,
  StatusListAnchor,
  Transaction,
  TransactionAnswer,
  TreeAnswer,
  TreeHistory,
  TreeList,
  TreeRoot,
  VerifyingKey,
  VerifyingKeyAnswer,
  VerifyingKeyList,
} from './api/explorer-schemas.ts'
export type { Fleet, FleetAlarm, FleetDetails, FleetHistory, FleetLiar, FleetNode, FleetPoint } from './api/fleet-schemas.ts'
export type { Names, Network } from './api/network-schemas.ts'
export type {
  Grant,
  GrantAnswer,
  GrantEntry,
  Right,
  RightAnswer,
  TrustAt,
  TrustChange,
  TrustHistory,
  TrustRegistry,
} from './api/trust-schemas.ts'
