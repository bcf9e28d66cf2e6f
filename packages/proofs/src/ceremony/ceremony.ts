import type { PublicJwk, Signer } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, bytesToHex, sha256 } from '@hufu/primitives'
import type { Circuit } from '../circuit/circuit.ts'
import { ProofError } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { beaconSecrets, secretFromBytes } from './beacon.ts'
import type { CeremonyEngine, Randomness } from './ceremony-engine.ts'
import {
  type CircuitPhase,
  checkCircuitPhase,
  checkDeltaStep,
  contributeDelta,
  type MakeCircuitBase,
  startCircuitPhase,
} from './circuit-phase.ts'
import { factorOf, type KnowledgeProof, refused } from './knowledge-proof.ts'
import {
  checkPowers,
  checkPowersStep,
  contributePowers,
  headOfPowers,
  initialPowers,
  type PowersHead,
  type PowersOfTau,
} from './powers-of-tau.ts'
import { encodeCircuitPhase, encodePowers } from './state-bytes.ts'
import {
  type Beacon,
  type Contribution,
  challengeOf,
  checkContributionSignature,
  decodeKnowledge,
  encodeKnowledge,
  type Phase,
  signContribution,
  type Transcript,
} from './transcript.ts'

/** A ceremony as it stands: the transcript, and the points that the next step works on. */
export interface Ceremony {
  readonly transcript: Transcript
  readonly powers: PowersOfTau
  /** By circuit, once phase 1 is closed. */
  readonly circuits: Readonly<Record<string, CircuitPhase>>
}

/** A circuit of a ceremony, with the hash of its file. */
export interface CeremonyCircuit {
  readonly circuit: Circuit
  /** Hexadecimal. */
  readonly sha256: string
}

export interface CeremonyTerms {
  readonly title: string
  /** At least what the largest circuit needs. */
  readonly domainSize: number
  readonly participants: readonly { readonly name: string; readonly publicKey: PublicJwk }[]
  readonly circuits: readonly CeremonyCircuit[]
  /** Default 20: about a second. */
  readonly beaconIterationsLog2?: number
}

const powersPhase = 'powers'
const beaconName = 'beacon'
/** What each contribution says, for {@link Contribution.heads}. */
const secretNames = { powers: ['tau', 'alpha', 'beta'], circuit: ['delta'] } as const

/** Begins a ceremony: no contribution yet. */
export function startCeremony({ title, domainSize, participants, circuits, beaconIterationsLog2 = 20 }: CeremonyTerms): Ceremony {
  const names = participants.map(({ name }) => name)
  if (names.length === 0 || new Set(names).size !== names.length || names.includes(beaconName))
    throw new ProofError('ERR_PROOF_CEREMONY', `ceremony: expected participants with different names, none of them "${beaconName}"`)
  const transcript: Transcript = {
    format: 'hufu-ceremony-1',
    title,
    domainSize,
    participants,
    circuits: circuits.map(({ circuit, sha256 }) => ({ name: circuit.name, sha256 })),
    beaconIterationsLog2,
    phases: [{ name: powersPhase, contributions: [] }],
  }
  return { transcript, powers: initialPowers(domainSize), circuits: {} }
}

/** Whose turn it is: a participant in a phase, `beacon` to close one, or nobody any more. */
export type Turn = { readonly phase: string; readonly participant: string } | { readonly done: true }

export function turnOf({ participants, circuits, phases }: Transcript): Turn {
  const phase = phases.at(-1)!
  const next = phase.contributions.length
  if (next < participants.length) return { phase: phase.name, participant: participants[next]!.name }
  if (next === participants.length) return { phase: phase.name, participant: beaconName }
  const nextCircuit = circuits[phases.length - 1]
  return nextCircuit === undefined ? { done: true } : { phase: nextCircuit.name, participant: participants[0]!.name }
}

/** What the steps of a ceremony need. */
export interface CeremonyTools {
  readonly engine: CeremonyEngine
  readonly circuits: readonly CeremonyCircuit[]
  readonly randomness: Randomness
}

/**
 * A participant's contribution to the phase that is open. The secrets are made here and forgotten.
 *
 * @param step.closesAtBlock - taken up with the last contribution of a phase: the block, not made yet, whose hash will close it
 * @throws ProofError `ERR_PROOF_CEREMONY`: it is not this participant's turn
 */
export async function contribute(
  { engine, circuits, randomness }: CeremonyTools,
  ceremony: Ceremony,
  step: { readonly participant: string; readonly signer: Signer; readonly closesAtBlock: number },
): Promise<Ceremony> {
  const opened = openPhase(engine, circuits, ceremony)
  const turn = turnOf(opened.transcript)
  if ('done' in turn || turn.participant !== step.participant || step.participant === beaconName)
    throw new ProofError('ERR_PROOF_CEREMONY', `ceremony: it is not the turn of ${step.participant}`)
  const challenge = nextChallenge(opened.transcript)
  const { state, unsigned } = multiply(engine, opened, step.participant, () => secretFromBytes(randomness(64)), challenge)
  const contribution = await signContribution(unsigned, challenge, step.signer)
  const phase = opened.transcript.phases.at(-1)!
  const isLast = phase.contributions.length + 1 === opened.transcript.participants.length
  return withContribution(state, contribution, isLast ? step.closesAtBlock : undefined)
}

/** Closes the phase that is open with the hash of the block that was announced. @throws ProofError `ERR_PROOF_CEREMONY` */
export function closePhase({ engine }: Pick<CeremonyTools, 'engine'>, ceremony: Ceremony, beacon: Beacon): Ceremony {
  const { transcript } = ceremony
  const turn = turnOf(transcript)
  if ('done' in turn || turn.participant !== beaconName)
    throw new ProofError('ERR_PROOF_CEREMONY', 'ceremony: the phase still waits for contributions')
  if (transcript.phases.at(-1)!.closesAtBlock !== beacon.blockIndex)
    throw new ProofError('ERR_PROOF_CEREMONY', 'ceremony: another block was announced to close the phase')
  const challenge = nextChallenge(transcript)
  const secretOf = beaconSecrets(beacon.blockHash, challenge, transcript.beaconIterationsLog2)
  const { state, unsigned } = multiply(engine, ceremony, beaconName, secretOf, challenge)
  return withContribution(state, { ...unsigned, beacon })
}

/**
 * Checks a ceremony from its first step to where it stands, with nothing but public data.
 *
 * @param options.findBlockHash - the hash of a block of the ledger, to compare beacons with; without it they are taken as the transcript says
 * @returns for each circuit whose phase has begun what makes that which phase 1 fixed, for its keys
 * @throws ProofError `ERR_PROOF_CEREMONY`: the message says what does not hold
 */
export async function checkCeremony(
  { engine, circuits, randomness }: CeremonyTools,
  ceremony: Ceremony,
  options: {
    readonly findBlockHash?: (blockIndex: number) => Promise<string>
    readonly onProgress?: (step: string) => void
  } = {},
): Promise<Readonly<Record<string, MakeCircuitBase>>> {
  const { transcript, powers } = ceremony
  const { participants, phases } = transcript
  const bases: Record<string, MakeCircuitBase> = {}
  requireCircuits(transcript, circuits)
  if (powers.domainSize !== transcript.domainSize) throw refused('the size of phase 1')
  for (const [phaseIndex, phase] of phases.entries()) {
    options.onProgress?.(phase.name)
    if (phase.contributions.length > participants.length + 1) throw refused(`the number of contributions to ${phase.name}`)
    let heads = initialHeads(phaseIndex, transcript.domainSize)
    for (const [stepIndex, contribution] of phase.contributions.entries()) {
      const challenge = challengeOf(transcript, phaseIndex, stepIndex)
      const participant = participants[stepIndex]
      if (contribution.participant !== (participant?.name ?? beaconName)) throw refused('the order of the participants')
      if (participant === undefined) await checkBeacon(phase, contribution, transcript, challenge, options.findBlockHash)
      else await checkContributionSignature(contribution, challenge, participant.publicKey)
      heads = checkStep(phaseIndex, heads, contribution, challenge)
    }
    if (phaseIndex > 0 && phases[phaseIndex - 1]!.contributions.length !== participants.length + 1)
      throw refused(`the end of the phase before ${phase.name}`)
    const last = phase.contributions.at(-1)
    if (phaseIndex === 0) {
      if (last === undefined) continue
      requireState(last, encodePowers(powers))
      requireHeads(last, headOfPowers(powers))
      checkPowers(engine, powers, randomness)
    } else {
      const start = startCircuitPhase(engine, powers, circuitOf(circuits, phase.name))
      bases[phase.name] = start.makeBase
      const state = ceremony.circuits[phase.name]
      if (state === undefined) throw refused(`the presence of the points of ${phase.name}`)
      if (last !== undefined) {
        requireState(last, encodeCircuitPhase(state))
        requireHeads(last, { delta: state.deltaG1 })
      }
      checkCircuitPhase(engine, start.phase, state, randomness)
    }
  }
  return bases
}

/** Opens the next circuit's phase if the one before is closed. */
function openPhase(engine: CeremonyEngine, circuits: readonly CeremonyCircuit[], ceremony: Ceremony): Ceremony {
  const { transcript, powers } = ceremony
  requireCircuits(transcript, circuits)
  const turn = turnOf(transcript)
  if ('done' in turn || turn.phase === transcript.phases.at(-1)!.name) return ceremony
  const { phase } = startCircuitPhase(engine, powers, circuitOf(circuits, turn.phase))
  return {
    transcript: { ...transcript, phases: [...transcript.phases, { name: turn.phase, contributions: [] }] },
    powers,
    circuits: { ...ceremony.circuits, [turn.phase]: phase },
  }
}

function multiply(
  engine: CeremonyEngine,
  ceremony: Ceremony,
  participant: string,
  secretOf: (name: string) => Scalar,
  challenge: Uint8Array,
): { readonly state: Ceremony; readonly unsigned: Omit<Contribution, 'signature'> } {
  const { name } = ceremony.transcript.phases.at(-1)!
  if (name === powersPhase) {
    const secret = { tau: secretOf('tau'), alpha: secretOf('alpha'), beta: secretOf('beta') }
    const { powers, proof } = contributePowers(engine, ceremony.powers, secret, challenge)
    const unsigned = contributionOf(participant, headOfPowers(powers), proof, encodePowers(powers))
    return { state: { ...ceremony, powers }, unsigned }
  }
  const { phase, proof } = contributeDelta(engine, ceremony.circuits[name]!, secretOf('delta'), challenge)
  const unsigned = contributionOf(participant, { delta: phase.deltaG1 }, { delta: proof }, encodeCircuitPhase(phase))
  return { state: { ...ceremony, circuits: { ...ceremony.circuits, [name]: phase } }, unsigned }
}

function contributionOf(
  participant: string,
  heads: Readonly<Record<string, Uint8Array>>,
  proofs: Readonly<Record<string, KnowledgeProof>>,
  state: Uint8Array,
): Omit<Contribution, 'signature'> {
  const mapped = <Value, Result>(record: Readonly<Record<string, Value>>, map: (value: Value) => Result): Record<string, Result> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
  return {
    participant,
    heads: mapped(heads, bytesToBase64url),
    proofs: mapped(proofs, encodeKnowledge),
    stateSha256: bytesToHex(sha256(state)),
  }
}

function withContribution(ceremony: Ceremony, contribution: Contribution, closesAtBlock?: number): Ceremony {
  const phases = ceremony.transcript.phases.map((phase, index, all) =>
    index < all.length - 1
      ? phase
      : { ...phase, contributions: [...phase.contributions, contribution], ...(closesAtBlock === undefined ? {} : { closesAtBlock }) },
  )
  return { ...ceremony, transcript: { ...ceremony.transcript, phases } }
}

function nextChallenge(transcript: Transcript): Uint8Array {
  const phaseIndex = transcript.phases.length - 1
  return challengeOf(transcript, phaseIndex, transcript.phases[phaseIndex]!.contributions.length)
}

type Heads = Readonly<Record<string, Uint8Array>>

function initialHeads(phaseIndex: number, domainSize: number): Heads {
  const { tau } = headOfPowers(initialPowers(Math.min(domainSize, 2)))
  return phaseIndex === 0 ? { tau, alpha: tau, beta: tau } : { delta: tau }
}

function checkStep(phaseIndex: number, before: Heads, contribution: Contribution, challenge: Uint8Array): Heads {
  const names = phaseIndex === 0 ? secretNames.powers : secretNames.circuit
  if (Object.keys(contribution.heads).length !== names.length) throw refused('the number of secrets')
  const after = Object.fromEntries(names.map(name => [name, base64urlToBytes(contribution.heads[name] ?? '')]))
  const proofs = Object.fromEntries(names.map(name => [name, decodeKnowledge(contribution.proofs[name])]))
  if (phaseIndex === 0)
    checkPowersStep(
      before as PowersHead,
      after as unknown as PowersHead,
      proofs as unknown as Record<keyof PowersHead, KnowledgeProof>,
      challenge,
    )
  else checkDeltaStep(before.delta!, after.delta!, proofs.delta!, challenge)
  return after
}

async function checkBeacon(
  phase: Phase,
  { beacon, proofs }: Contribution,
  { beaconIterationsLog2 }: Transcript,
  challenge: Uint8Array,
  findBlockHash: ((blockIndex: number) => Promise<string>) | undefined,
): Promise<void> {
  if (beacon === undefined || beacon.blockIndex !== phase.closesAtBlock) throw refused('the block that was announced')
  if (findBlockHash !== undefined && (await findBlockHash(beacon.blockIndex)) !== beacon.blockHash)
    throw refused('the hash of the block that closes the phase')
  const secretOf = beaconSecrets(beacon.blockHash, challenge, beaconIterationsLog2)
  for (const [name, proof] of Object.entries(proofs)) {
    if (bytesToBase64url(factorOf(secretOf(name))) !== proof.factorG1) throw refused('the secret of the beacon')
  }
}

function requireState({ stateSha256 }: Contribution, state: Uint8Array): void {
  if (bytesToHex(sha256(state)) !== stateSha256) throw refused('the hash of the points')
}

function requireHeads({ heads }: Contribution, actual: Heads): void {
  for (const [name, point] of Object.entries(actual)) {
    if (heads[name] !== bytesToBase64url(point)) throw refused(`the head of ${name}`)
  }
}

function requireCircuits(transcript: Transcript, circuits: readonly CeremonyCircuit[]): void {
  for (const { name, sha256 } of transcript.circuits) {
    if (circuits.find(({ circuit }) => circuit.name === name)?.sha256 !== sha256) throw refused(`the hash of the circuit ${name}`)
  }
}

function circuitOf(circuits: readonly CeremonyCircuit[], name: string): Circuit {
  const found = circuits.find(({ circuit }) => circuit.name === name)
  if (found === undefined) throw refused(`the presence of the circuit ${name}`)
  return found.circuit
}
