import { ConfigSection } from '@grafana/plugin-ui';
import { Stack } from '@grafana/ui';
import React from 'react';

import { AuthFields } from './AuthFields';
import { ConnectionFields } from './ConnectionFields';
import { type UpstreamProps } from './form';
import { HeaderFields } from './HeaderFields';
import { LinkTarget } from './LinkTarget';
import { SubSection } from './SubSection';
import { TlsFields } from './TlsFields';

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
