import { optionalText, text } from '../shape/shape.ts'

// Forms of fixed length keep the borders between joined fields where they are, wherever the protocol has such fields.

/** A hash, or a transaction's id: 64 hexadecimal digits. */
export const hash = text({ form: /^[0-9a-f]{64}$/ })

/** The same where there may be none. */
export const optionalHash = optionalText({ form: /^[0-9a-f]{64}$/ })

/** An id that the gateway draws, 32 hexadecimal digits. */
export const drawnId = text({ form: /^[0-9a-f]{32}$/ })

/** Base64 of anything. */
export const base64 = text({ form: /^[A-Za-z0-9+/]*={0,2}$/ })

/** A name that a DApp gives to a user: shorter than 20 characters. */
export const userName = text({ form: /^\S{1,19}$/ })

/** A name of a chaincode, contract, function or key. */
export const shortName = text({ form: /^\S.{0,255}$/ })

/** The same where there may be none. */
export const optionalName = optionalText({ maxLength: 256 })

/** An address that is told of events. */
export const address = text({ form: /^https?:\/\/[\x21-\x7e]{1,2000}$/ })

/** `0x` and 64 hexadecimal digits: a hash on FISCO BCOS. */
export const hexHash = text({ form: /^0x[0-9a-f]{64}$/ })

/** The same where there may be none. */
export const optionalHexHash = optionalText({ form: /^0x[0-9a-f]{64}$/ })

/** `0x` and 40 hexadecimal digits, small or capital; none for a contract that is made. */
export const optionalAccount = optionalText({ form: /^0x[0-9a-fA-F]{40}$/ })
