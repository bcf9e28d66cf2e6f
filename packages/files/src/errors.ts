import { PlatformError } from '@hufu/primitives'

export type FileErrorCode = 'ERR_FILE_LOCKED' | 'ERR_FILE_DAMAGED' | 'ERR_FILE_FULL' | 'ERR_FILE_IO' | 'ERR_FILE_RECORD'

/** A file of ours that cannot be used, read or written. Names the file, never its content. */
export class FileError extends PlatformError<FileErrorCode> {}
