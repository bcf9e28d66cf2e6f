import { PlatformError } from '@hufu/primitives'

export type ConsoleErrorCode =
  | 'ERR_CONSOLE_EVIDENCE'
  | 'ERR_CONSOLE_UNKNOWN'
  | 'ERR_CONSOLE_REQUEST'
  | 'ERR_CONSOLE_LOG'
  | 'ERR_CONSOLE_SEAT'

/** Something that the console cannot show, prove or prepare. */
export class ConsoleError extends PlatformError<ConsoleErrorCode> {}
