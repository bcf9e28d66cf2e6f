export { askRunner } from './control/ask-runner.ts'
export { needOfRestart, type RestartNeed } from './control/need-of-restart.ts'
export type { NetworkAction, NetworkRequest, NetworkStep } from './control/network-request.ts'
export { deployContracts } from './deploy-contracts.ts'
export type { DrillPromise, DrillReport, DrillRun } from './drill/drill-report.ts'
export { runDrill } from './drill/run-drill.ts'
export type { DrillTexts, Scenario } from './drill/scenario.ts'
export { drillScenarios } from './drill/scenarios.ts'
export { NetworkError, type NetworkErrorCode } from './errors.ts'
export { foundNetwork } from './found-network.ts'
export { LocalNetwork, networkStatus } from './local-network.ts'
export {
  committeeAccount,
  createNetworkFolder,
  type NetworkFolder,
  type NewNetwork,
  networkDescriptor,
  noContracts,
  openNetworkFolder,
  validatorsAccount,
  wipeNetwork,
  writeDescriptor,
} from './network-folder.ts'
export { localCouncil, productionRules } from './new-council.ts'
export type { NodeStatus } from './node-status.ts'
export { registerCandidate } from './register-candidate.ts'
export { fundAccounts, gasTransfer } from './treasury.ts'
export { openWalletKey, parseWallet } from './validator/validator-wallet.ts'
export { alarmCodes } from './watch/describe-alarm.ts'
export type {
  Alarm,
  AlarmChange,
  AlarmCode,
  Certainty,
  FleetNode,
  FleetSnapshot,
  FleetTexts,
  NodeCondition,
  NodeConsensus,
  StallForecast,
  Watch,
  WatchedNode,
  WatchThresholds,
} from './watch/fleet.ts'
export { defaultThresholds } from './watch/fleet.ts'
export { fleetMetrics } from './watch/fleet-metrics.ts'
export { alarmLogLine } from './watch/log-sink.ts'
export { type WatchOptions, watchNetwork } from './watch/watch-network.ts'
export { watchedNodes } from './watch/watched-nodes.ts'
export { signWebhook, type WebhookOptions, type WebhookSink, webhookSink } from './watch/webhook-sink.ts'
