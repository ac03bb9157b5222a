import { Field, Input, Stack } from '@grafana/ui';
import React, { useId } from 'react';

import { timeoutError, urlError } from '../../query/validation';
import { DEFAULT_TIMEOUT_SECONDS } from '../../types';
import { withUpstream } from './settings';
import { type UpstreamProps } from './form';

interface Props extends UpstreamProps {
  placeholder: string;
}

export function ConnectionFields({ upstream, title, settings, onChange, placeholder }: Props) {
  const id = useId();
  const options = settings.jsonData[upstream] ?? {};
  const update = (changes: Parameters<typeof withUpstream>[2]) => onChange(withUpstream(settings, upstream, changes));
  const wrongUrl = urlError(options.url ?? '');
  const wrongTimeout = timeoutError(options.timeout);

  return (
    <Stack direction="column" gap={2}>
      <Field
        noMargin
        label={`${title} URL`}
        description="As Grafana's server reaches it, not your browser."
        invalid={Boolean(wrongUrl)}
        error={wrongUrl}
      >
        <Input
          id={`${id}-url`}
          width={60}
          placeholder={placeholder}
          value={options.url ?? ''}
          onChange={(event) => update({ url: event.currentTarget.value.trim() })}
        />
      </Field>
      <Field noMargin label={`${title} tenant`} description="Sent as X-Scope-OrgID. Leave empty without multi-tenancy.">
        <Input
          id={`${id}-tenant`}
          width={30}
          value={options.tenant ?? ''}
          onChange={(event) => update({ tenant: event.currentTarget.value.trim() })}
        />
      </Field>
      <Field
        noMargin
        label={`${title} timeout`}
        description="Seconds that one request may take."
        invalid={Boolean(wrongTimeout)}
        error={wrongTimeout}
      >
        <Input
          id={`${id}-timeout`}
          width={30}
          type="number"
          min={1}
          placeholder={String(DEFAULT_TIMEOUT_SECONDS)}
          value={options.timeout ?? ''}
          onChange={(event) => update({ timeout: toSeconds(event.currentTarget.value) })}
        />
      </Field>
    </Stack>
  );
}

function toSeconds(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}
