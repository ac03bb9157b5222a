import { Button, Field, Input, Stack } from '@grafana/ui';
import React, { useId } from 'react';

import { SecretField } from './SecretField';
import { type Header, headersOf, valueKey, withHeaderAdded, withHeaderName, withHeaderRemoved } from './settings';
import { type UpstreamProps } from './form';

export function HeaderFields(form: UpstreamProps) {
  const { upstream, title, settings, onChange } = form;
  const headers = headersOf(settings, upstream);
  return (
    <Stack direction="column" gap={1} alignItems="flex-start">
      {headers.map((header, position) => (
        <HeaderRow key={header.index} header={header} position={position + 1} {...form} />
      ))}
      <Button variant="secondary" icon="plus" onClick={() => onChange(withHeaderAdded(settings, upstream))}>
        Add {title} header
      </Button>
    </Stack>
  );
}

interface RowProps extends UpstreamProps {
  header: Header;
  /** From 1, as shown; the number in the settings may differ. */
  position: number;
}

function HeaderRow({ header, position, upstream, title, settings, onChange }: RowProps) {
  const id = useId();
  const name = `${title} header ${position}`;
  return (
    <Stack direction="row" gap={1} alignItems="flex-end" wrap="wrap">
      <Field noMargin label={`${name} name`}>
        <Input
          id={id}
          width={30}
          placeholder="X-Custom-Header"
          value={header.name}
          onChange={(event) =>
            onChange(withHeaderName(settings, upstream, header.index, event.currentTarget.value.trim()))
          }
        />
      </Field>
      <SecretField
        settings={settings}
        onChange={onChange}
        secret={valueKey(upstream, header.index)}
        label={`${name} value`}
        placeholder="Enter a value"
      />
      <Button
        variant="destructive"
        fill="outline"
        icon="trash-alt"
        aria-label={`Remove ${name}`}
        onClick={() => onChange(withHeaderRemoved(settings, upstream, header.index))}
      />
    </Stack>
  );
}
