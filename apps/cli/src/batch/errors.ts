import { PlatformError } from '@hufu/primitives'

export type BatchErrorCode = 'ERR_BATCH_JOURNAL'

/** A batch that cannot go on from what its journal says. */
export class BatchError extends PlatformError<BatchErrorCode> {}
