/** Runs a command in a folder, and does not return if it fails. */
type Run = (command: string, args: readonly string[], folder: string, env?: NodeJS.ProcessEnv) => void

export function goEnvironment(folder: string): NodeJS.ProcessEnv
export function neoGoSources(): string[]
export function buildNeoGo(cache: string, output: string, run: Run): void
export function buildOfNetwork(cache: string, output: string, source: string, run: Run, flags?: string): void
export function buildGoProgram(folder: string, output: string, run: Run): void
export function patchNeoGo(cache: string, run: Run): void
