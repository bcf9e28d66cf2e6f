export { base58CheckToBytes, base58ToBytes, bytesToBase58, bytesToBase58Check } from './base58.ts'
export { base64ToBytes, base64urlToBytes, bytesToBase64, bytesToBase64url } from './base64.ts'
export { type BsnCredentialTerms, bsnCredentialText } from './bsn/bsn-credential-text.ts'
export { type BsnDocumentTerms, bsnDidOf, bsnDocumentText } from './bsn/bsn-did.ts'
export { bsnTimeToMs } from './bsn/bsn-time.ts'
export { ByteReader } from './byte-reader.ts'
export { ByteWriter } from './byte-writer.ts'
export { bytesToUtf8, compareBytes, concatBytes, equalBytes, randomBytes, reverseBytes, utf8ToBytes } from './bytes.ts'
export { canonicalJson, canonicalJsonBytes, type Json } from './canonical-json.ts'
export { type DivisionCode, type DivisionLevel, divisionLevel, parseDivisionCode, prefectureOf } from './division-code.ts'
export {
  EncodingError,
  type EncodingErrorCode,
  errorCode,
  IdentifierCodeError,
  type IdentifierCodeErrorCode,
  PlatformError,
} from './errors.ts'
export { fastjsonBean, fastjsonText } from './fastjson-text.ts'
export { doubleSha256, hash160, hmacSha256, keccak256, sha256 } from './hash.ts'
export { bytesToHex, hexToBytes } from './hex.ts'
export { javaHashMapOrder } from './java-hash-map.ts'
export { type OrganisationCode, organisationCheckCharacter, parseOrganisationCode, registryCheckCharacter } from './organisation-code.ts'
export { type FastjsonNumber, type FastjsonValue, parseFastjson } from './parse-fastjson.ts'
export { parseJson } from './parse-json.ts'
export { parseResidentNumber, type ResidentNumber, residentCheckCharacter, type Sex } from './resident-number.ts'
export { sm3 } from './sm3.ts'
export { type Clock, dateTimeToMs, dayInChina, isCalendarDay, msToDateTime, secondsOfMs, steadyClock, systemClock } from './time.ts'
