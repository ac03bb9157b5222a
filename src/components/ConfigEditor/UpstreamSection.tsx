import { ConfigSection } from '@grafana/plugin-ui';
import { Stack } from '@grafana/ui';
import React from 'react';

import { type UpstreamName } from '../../types';
import { AuthFields } from './AuthFields';
import { ConnectionFields } from './ConnectionFields';
import { HeaderFields } from './HeaderFields';
import { LinkTarget } from './LinkTarget';
import { type Settings } from './settings';
import { SubSection } from './SubSection';
import { TlsFields } from './TlsFields';

/** What every part of the settings page gets. */
export interface FormProps {
  settings: Settings;
  onChange: (settings: Settings) => void;
}

/** What every part of one server's section gets. */
export interface UpstreamProps extends FormProps {
  upstream: UpstreamName;
  /** The server's name, to tell fields of the same name apart. */
  title: string;
}

interface Props extends UpstreamProps {
  description: string;
  placeholder: string;
  /** Fields that only this server has. */
  children?: React.ReactNode;
}

/** Everything about how one server is reached. */
export function UpstreamSection({ description, placeholder, children, ...form }: Props) {
  return (
    <ConfigSection title={form.title} description={description}>
      <Stack direction="column" gap={3}>
        <ConnectionFields {...form} placeholder={placeholder} />
        <AuthFields {...form} />
        <SubSection title="TLS">
          <TlsFields {...form} />
        </SubSection>
        <SubSection title="HTTP headers" description="Sent with every request. Values are stored encrypted.">
          <HeaderFields {...form} />
        </SubSection>
        {children}
        <LinkTarget {...form} />
      </Stack>
    </ConfigSection>
  );
}
