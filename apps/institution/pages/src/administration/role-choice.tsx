import { useRoleNames, useTexts } from '@hufu/look'
import { Checkbox, Stack } from '@mantine/core'
import { type StaffRole, staffRoles } from '../api/staff-answers.ts'
import { administrationTexts } from './administration-texts.ts'

interface RoleChoiceProps {
  readonly roles: readonly StaffRole[]
  readonly onChange: (roles: readonly StaffRole[]) => void
}

/** Which roles somebody is to have. */
export function RoleChoice({ roles, onChange }: RoleChoiceProps) {
  const texts = useTexts(administrationTexts)
  const roleNames = useRoleNames()
  return (
    <Checkbox.Group
      label={texts.roles}
      withAsterisk
      mt="md"
      value={[...roles]}
      onChange={values => onChange(staffRoles.filter(role => values.includes(role)))}
    >
      <Stack gap="sm" mt="xs">
        {staffRoles.map(role => (
          <Checkbox key={role} value={role} label={roleNames([role])} description={texts.roleHints[role]} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}
