import { scriptHashOfAddress } from '@hufu/ledger'
import { hexToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { encryptKey } from './encrypt-key.ts'

const standardScrypt = { n: 16_384, r: 8, p: 8 }

// The key test cases of neo-go v0.122.0, internal/keytestcases.
test.each([
  [
    'NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i',
    '7d128a6d096f0c14c3a25a2b0c41cf79661bfcb4a8cc95aaaea28bde4d732344',
    'city of zion',
    '6PYUUUFei9PBBfVkSn8q7hFCnewWFRBKPxcn6Kz6Bmk3FqWyLyuTQE2XFH',
  ],
  [
    'NMBfzaEq2c5zodiNbLPoohVENARMbJim1r',
    '9ab7e154840daca3a2efadaf0df93cd3a5b51768c632f5433f86909d9b994a69',
    '我的密码',
    '6PYUmBuLbdXdnybyNeafUJUrVhoBRZpjHACdY9K2VCNzD5tuX5tXgr9fur',
  ],
  [
    'NfVdwyaJbijrWkRagrvs4eSRQUpP7WpukT',
    '3edee7036b8fd9cef91de47386b191dd76db2888a553e7736bb02808932a915b',
    'MyL33tP@33w0rd',
    '6PYLQ9oCoEWCfuuHkq6xH4tYbi4Pyv9HYUU8WGkFVXtoczwTbitMjypkma',
  ],
])('encrypts the key of %s as neo-go does', (address, secret, password, encrypted) => {
  expect(encryptKey(hexToBytes(secret), scriptHashOfAddress(address), password, standardScrypt)).toBe(encrypted)
})
