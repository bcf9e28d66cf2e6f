export { openSm4Gcm, type Sm4GcmInput, sealSm4Gcm } from './sm4-gcm.ts'
