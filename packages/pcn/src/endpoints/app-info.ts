import { integer, nothing, optionalText, record, text } from '../shape/shape.ts'
import { endpoint } from './endpoint.ts'

/** What a gateway says of a DApp, to anybody: neither question nor answer has a mac. Nothing may be decided by it. */
export const appInfoEndpoint = endpoint(
  '/api/app/getAppInfo',
  nothing,
  record(
    {
      appName: optionalText(),
      appType: text(),
      /** 1: the gateway keeps the users' keys; 2: they do. */
      caType: integer({ min: 1, max: 2 }),
      algorithmType: integer({ min: 1, max: 3 }),
      mspId: optionalText(),
      channelId: text(),
      version: optionalText(),
      fabricVersion: optionalText(),
    },
    ['version', 'fabricVersion'],
  ),
)
