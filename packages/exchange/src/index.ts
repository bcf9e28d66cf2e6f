export { ExchangeError, type ExchangeErrorCode, RefusedError } from './errors.ts'
