import { Field, Input, RadioButtonGroup, Stack } from '@grafana/ui';
import React, { useId, useState } from 'react';

import { type AuthMethod, authMethod, secretKey, withAuthMethod, withUpstream } from './settings';
import { SecretField } from './SecretField';
import { type UpstreamProps } from './form';

const METHODS: Array<{ value: AuthMethod; label: string }> = [
  { value: 'none', label: 'None' },
  { value: 'basic', label: 'Basic' },
  { value: 'bearer', label: 'Bearer token' },
];

export function AuthFields({ upstream, title, settings, onChange }: UpstreamProps) {
  const id = useId();
  const saved = authMethod(settings, upstream);
  // "Bearer" with no token yet is not to be seen in the settings.
  const [chosen, setChosen] = useState<AuthMethod>(saved);
  const method = saved === 'none' ? (chosen === 'bearer' ? chosen : 'none') : saved;

  return (
    <Stack direction="column" gap={2}>
      <Field noMargin label={`${title} authentication`}>
        <RadioButtonGroup<AuthMethod>
          aria-label={`${title} authentication`}
          options={METHODS}
          value={method}
          onChange={(next) => {
            setChosen(next);
            onChange(withAuthMethod(settings, upstream, next));
          }}
        />
      </Field>
      {method === 'basic' && (
        <>
          <Field noMargin label={`${title} user`}>
            <Input
              id={`${id}-user`}
              width={40}
              autoComplete="off"
              value={settings.jsonData[upstream]?.basicAuthUser ?? ''}
              onChange={(event) =>
                onChange(withUpstream(settings, upstream, { basicAuthUser: event.currentTarget.value }))
              }
            />
          </Field>
          <SecretField
            settings={settings}
            onChange={onChange}
            secret={secretKey(upstream, 'basicAuthPassword')}
            label={`${title} password`}
          />
        </>
      )}
      {method === 'bearer' && (
        <SecretField
          settings={settings}
          onChange={onChange}
          secret={secretKey(upstream, 'bearerToken')}
          label={`${title} token`}
          description="Sent as Authorization: Bearer ..."
        />
      )}
    </Stack>
  );
}
