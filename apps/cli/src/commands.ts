import type { Command } from 'commander'

/** Adds a command, and what stands below it, to a program. */
type Add = (program: Command) => void

/** Every command, in the order of the help. A module is loaded when it is needed: those of the others are most of the time of a short command. */
const commands: Readonly<Record<string, () => Promise<Add>>> = {
  pilot: async () => (await import('./commands/pilot-command.ts')).addPilotCommand,
  network: async () => (await import('./commands/network-command.ts')).addNetworkCommand,
  validator: async () => (await import('./commands/validator-command.ts')).addValidatorCommand,
  watchdog: async () => (await import('./commands/watchdog-command.ts')).addWatchdogCommand,
  identity: async () => (await import('./commands/identity-command.ts')).addIdentityCommand,
  did: async () => (await import('./commands/did-command.ts')).addDidCommand,
  trust: async () => (await import('./commands/trust-command.ts')).addTrustCommand,
  council: async () => (await import('./commands/council-command.ts')).addCouncilCommand,
  credential: async () => (await import('./commands/credential-command.ts')).addCredentialCommand,
  batch: async () => (await import('./commands/batch-command.ts')).addBatchCommand,
  verify: async () => (await import('./commands/verify-command.ts')).addVerifyCommand,
  zk: async () => (await import('./commands/zk-command.ts')).addZkCommand,
  prove: async () => (await import('./commands/prove-command.ts')).addProveCommand,
  'verify-proof': async () => (await import('./commands/prove-command.ts')).addVerifyProofCommand,
  ceremony: async () => (await import('./commands/ceremony-command.ts')).addCeremonyCommand,
  audit: async () => (await import('./commands/audit-command.ts')).addAuditCommand,
  staff: async () => (await import('./commands/staff-command.ts')).addStaffCommand,
  drill: async () => (await import('./commands/drill-command.ts')).addDrillCommand,
  gateway: async () => (await import('./commands/gateway-command.ts')).addGatewayCommand,
}

/** Adds the command that these arguments call; all of them if they call none, for the help tells all. */
export async function addCommands(program: Command, args: readonly string[]): Promise<void> {
  const called = program.parseOptions([...args]).operands[0] ?? ''
  const loaders = Object.hasOwn(commands, called) ? [commands[called]!] : Object.values(commands)
  for (const add of await Promise.all(loaders.map(load => load()))) add(program)
}
