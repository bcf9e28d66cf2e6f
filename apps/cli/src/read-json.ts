import { readFileSync } from 'node:fs'
import { type Json, parseJson } from '@hufu/primitives'
import { CliError } from './errors.ts'

/** Text of a file. @throws CliError `ERR_CLI_FILE` */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CliError('ERR_CLI_FILE', `file ${file} cannot be read`, { cause })
  }
}

/** JSON of a file. @throws CliError `ERR_CLI_FILE`; EncodingError `ERR_ENCODING_JSON` */
export function readJson(file: string): Json {
  return parseJson(readText(file))
}

/** Members of a file's JSON object. @throws CliError `ERR_CLI_FILE`; EncodingError `ERR_ENCODING_JSON` */
export function readObject(file: string): Readonly<Record<string, Json>> {
  const json = readJson(file)
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new CliError('ERR_CLI_FILE', `file ${file} holds no JSON object`)
  return json as Readonly<Record<string, Json>>
}
