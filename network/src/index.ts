export type { Misbehaviour } from './byzantine/byzantine-validator.ts'
export { type LockOptions, type LockReport, tryLock, tryLockByOne } from './byzantine/lock-trial.ts'
export { type MisbehaviourReport, MisbehaviourTrials } from './byzantine/misbehaviour-trial.ts'
export { askRunner } from './control/ask-runner.ts'
export { needOfRestart, type RestartNeed } from './control/need-of-restart.ts'
export type { NetworkAction, NetworkRequest, NetworkStep } from './control/network-request.ts'
export { deployContracts } from './deploy-contracts.ts'
export type { DrillReport, DrillRun } from './drill/drill-report.ts'
export { runDrill } from './drill/run-drill.ts'
export type { Scenario } from './drill/scenario.ts'
export { drillScenarios } from './drill/scenarios.ts'
export { type SeededRandom, seededRandom } from './drill/seeded-random.ts'
export { NetworkError, type NetworkErrorCode } from './errors.ts'
export { type LocalAnvil, type LocalAnvilOptions, startAnvil } from './evm/start-anvil.ts'
export { buildFabric } from './fabric/build-fabric.ts'
export { isFabricBuilt } from './fabric/fabric-programs.ts'
export {
  type ChaincodeProgram,
  type FabricIdentity,
  type FabricOrganization,
  LocalFabric,
  type LocalFabricOptions,
} from './fabric/local-fabric.ts'
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
export { neoGo } from './node-process.ts'
export type { NodeStatus } from './node-status.ts'
export { registerCandidate } from './register-candidate.ts'
export { fundAccounts, gasTransfer } from './treasury.ts'
export type { AskOptions } from './validator/ask-node.ts'
export { backupValidator } from './validator/backup-validator.ts'
export { checkState, type StateCheck, type StateFinding } from './validator/check-state.ts'
export { draftNetworkFile, localNetworkPlan, type NetworkPlan } from './validator/draft-network-file.ts'
export { ValidatorError, type ValidatorErrorCode } from './validator/errors.ts'
export { greetPeer } from './validator/greet-peer.ts'
export { hashOfFile } from './validator/hash-of-file.ts'
export { holdKeyCeremony } from './validator/key-ceremony.ts'
export { leaveNetwork, nextValidators } from './validator/leave-network.ts'
export { lookAtFleet } from './validator/look-at-fleet.ts'
export {
  type NetworkFile,
  networkFileFingerprint,
  networkFileText,
  parseNetworkFile,
  type SignedNetworkFile,
  signNetworkFile,
  softwareFor,
  validSigners,
  verifyNetworkFile,
} from './validator/network-file.ts'
export { preflight } from './validator/preflight.ts'
export { hostProbes } from './validator/preflight-probes.ts'
export { turnOf } from './validator/require-margin.ts'
export { restoreValidator } from './validator/restore-validator.ts'
export { beginRotation, finishRotation } from './validator/rotate-key.ts'
export { ownRpcUrl, type RunningValidator, type RunStep, runValidator } from './validator/run-validator.ts'
export { requireSpare, type StepOptions, upgradeValidator } from './validator/upgrade-validator.ts'
export { initValidator, openValidator, replaceNetworkFile, validatorFolder } from './validator/validator-folder.ts'
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
