import { PlatformError } from '@hufu/primitives'

export type StaffErrorCode =
  | 'ERR_STAFF_SESSION'
  | 'ERR_STAFF_ROLE'
  | 'ERR_STAFF_CSRF'
  | 'ERR_STAFF_ORIGIN'
  | 'ERR_STAFF_SIGN_IN_AGAIN'
  | 'ERR_STAFF_PASSKEY'
  | 'ERR_STAFF_INVITATION'
  | 'ERR_STAFF_SELF'
  | 'ERR_STAFF_STATE'
  | 'ERR_STAFF_LAST_ADMINISTRATOR'
  | 'ERR_APPROVAL_SAME_PERSON'
  | 'ERR_APPROVAL_STATE'

/** Something that this member of the staff may not do, or not now. */
export class StaffError extends PlatformError<StaffErrorCode> {}
