import { readFile } from 'node:fs/promises'
import { ServiceError } from '@hufu/service'

/** Text of a file that a variable of the configuration names. @throws ServiceError `ERR_SERVICE_CONFIG`: it cannot be read */
export function readConfiguredFile(variable: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch(cause => {
    throw new ServiceError('ERR_SERVICE_CONFIG', `${variable}: a file cannot be read`, { cause })
  })
}
