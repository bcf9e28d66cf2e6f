import { expect, test } from 'vitest'
import { readStandInConfig } from './config.ts'

const enough = {
  CLIENT_KEY: '02ab',
  GATEWAY_SECRET_FILE: 'gateway.key',
  PEER_ADDRESS: 'localhost:7051',
  CHANNEL: 'hospitals',
  MSP_ID: 'Hospital1MSP',
  TLS_AUTHORITY_FILE: 'tls.pem',
  CERTIFICATE_FILE: 'client.pem',
  KEY_FILE: 'client.key',
  AUTHORITY_CERTIFICATE_FILE: 'ca.pem',
  AUTHORITY_KEY_FILE: 'ca.key',
}

test('what has no safe default is asked for, all at once', () => {
  expect(readStandInConfig(enough)).toMatchObject({ host: '127.0.0.1', algorithm: 'R1', caType: '1' })
  expect(() => readStandInConfig({})).toThrow(new RegExp(Object.keys(enough).join('[^]*')))
  for (const wrong of [{ ALGORITHM: 'RSA' }, { CA_TYPE: '3' }, { PORT: '0' }])
    expect(() => readStandInConfig({ ...enough, ...wrong })).toThrow(Object.keys(wrong)[0])
})
