import type { Comparison } from '../compare.ts'
import { buildAndSign } from './build-and-sign.ts'
import { durableIssuance } from './durable-issuance.ts'
import { finality } from './finality.ts'
import { handOver } from './hand-over.ts'
import { leaves } from './leaves.ts'
import { overloaded } from './overload.ts'
import { pcnCalls, pcnCallsSm2 } from './pcn-calls.ts'
import { fabricProofsPerSecond, neoProofsPerSecond } from './proofs-per-second.ts'
import { provePrepare } from './prove-prepare.ts'
import { proveShow } from './prove-show.ts'
import { registration } from './registration.ts'
import { relayEvm, relayFabric } from './relay.ts'
import { resolveCold } from './resolve-cold.ts'
import { resolveWarm } from './resolve-warm.ts'
import { sdJwtVerify } from './sd-jwt-verify.ts'
import { signIn } from './sign-in.ts'
import { sm2Signatures } from './sm2.ts'
import { statusList } from './status-list.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { treeAppend } from './tree-append.ts'
import { verifyBatch } from './verify-batch.ts'
import { verifyBatchGnark, verifyBatchNative, verifyProofGnark, verifyProofNative } from './verify-native.ts'
import { verifyProof } from './verify-proof.ts'

/** In the order in which they run; those that share something stand together. */
export const comparisons: readonly Comparison[] = [
  buildAndSign,
  sdJwtVerify,
  sm2Signatures,
  statusList,
  proveShow,
  provePrepare,
  verifyProof,
  verifyBatch,
  verifyProofNative,
  verifyBatchNative,
  verifyProofGnark,
  verifyBatchGnark,
  treeAppend,
  resolveCold,
  resolveWarm,
  finality,
  registration,
  leaves,
  neoProofsPerSecond,
  durableIssuance,
  handOver,
  tokenEndpoint,
  signIn,
  overloaded,
  relayEvm,
  relayFabric,
  fabricProofsPerSecond,
  pcnCalls,
  pcnCallsSm2,
]
