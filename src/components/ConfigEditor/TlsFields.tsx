import { Field, Input, Stack } from '@grafana/ui';
import React, { useId } from 'react';

import { type UpstreamOptions } from '../../types';
import { SecretField } from './SecretField';
import { secretKey, withUpstream } from './settings';
import { SwitchField } from './SwitchField';
import { type UpstreamProps } from './form';

const PEM = '-----BEGIN CERTIFICATE-----';

export function TlsFields({ upstream, title, settings, onChange }: UpstreamProps) {
  const id = useId();
  const options = settings.jsonData[upstream] ?? {};
  const update = (changes: UpstreamOptions) => onChange(withUpstream(settings, upstream, changes));
  const form = { settings, onChange };

  return (
    <Stack direction="column" gap={2}>
      <SwitchField
        label={`Skip ${title} certificate check`}
        description="Accept any certificate. For tests only: the server's identity is not checked."
        value={options.tlsSkipVerify}
        onChange={(tlsSkipVerify) => update({ tlsSkipVerify })}
      />
      <SwitchField
        label={`Own CA for ${title}`}
        description="Check the server's certificate against this authority."
        value={options.tlsAuthWithCACert}
        onChange={(tlsAuthWithCACert) => update({ tlsAuthWithCACert })}
      />
      {options.tlsAuthWithCACert && (
        <SecretField
          {...form}
          multiline
          secret={secretKey(upstream, 'tlsCACert')}
          label={`${title} CA certificate`}
          placeholder={PEM}
        />
      )}
      <SwitchField
        label={`Client certificate for ${title}`}
        description="Identify Grafana to the server."
        value={options.tlsAuth}
        onChange={(tlsAuth) => update({ tlsAuth })}
      />
      {options.tlsAuth && <ClientCertificate {...form} upstream={upstream} title={title} />}
      {(options.tlsAuth || options.tlsAuthWithCACert) && (
        <Field noMargin label={`${title} server name`} description="Name in the server's certificate, if not its host.">
          <Input
            id={`${id}-server-name`}
            width={40}
            value={options.serverName ?? ''}
            onChange={(event) => update({ serverName: event.currentTarget.value.trim() })}
          />
        </Field>
      )}
    </Stack>
  );
}

function ClientCertificate({ upstream, title, ...form }: UpstreamProps) {
  return (
    <>
      <SecretField
        {...form}
        multiline
        secret={secretKey(upstream, 'tlsClientCert')}
        label={`${title} client certificate`}
        placeholder={PEM}
      />
      <SecretField
        {...form}
        multiline
        secret={secretKey(upstream, 'tlsClientKey')}
        label={`${title} client key`}
        placeholder="-----BEGIN PRIVATE KEY-----"
      />
    </>
  );
}
