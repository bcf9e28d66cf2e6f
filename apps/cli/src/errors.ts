import { PlatformError } from '@hufu/primitives'

export type CliErrorCode = 'ERR_CLI_USAGE' | 'ERR_CLI_IDENTITY' | 'ERR_CLI_FILE' | 'ERR_CLI_NETWORK' | 'ERR_CLI_SERVER' | 'ERR_CLI_WALLET'

/** A command that cannot be carried out as it was given. */
export class CliError extends PlatformError<CliErrorCode> {}
