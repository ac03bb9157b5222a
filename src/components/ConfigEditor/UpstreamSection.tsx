import { ConfigSection } from '@grafana/plugin-ui';
import { Stack } from '@grafana/ui';
import React from 'react';

import { AuthFields } from './AuthFields';
import { ConnectionFields } from './ConnectionFields';
import { FoldedSection } from './FoldedSection';
import { type UpstreamProps } from './form';
import { HeaderFields } from './HeaderFields';
import { LinkTarget } from './LinkTarget';
import { headersOf, usesTls } from './settings';
import { TlsFields } from './TlsFields';

interface Props extends UpstreamProps {
  description: string;
  placeholder: string;
  /** Fields that only this server has. */
  children?: React.ReactNode;
}

/** Everything about how one server is reached. */
export function UpstreamSection({ description, placeholder, children, ...form }: Props) {
  const { settings, upstream, title } = form;
  return (
    <ConfigSection title={title} description={description}>
      <Stack direction="column" gap={3}>
        <ConnectionFields {...form} placeholder={placeholder} />
        <AuthFields {...form} />
        <FoldedSection title="TLS" of={title} isUsed={usesTls(settings, upstream)}>
          <TlsFields {...form} />
        </FoldedSection>
        <FoldedSection
          title="HTTP headers"
          of={title}
          description="Sent with every request. Values are stored encrypted."
          isUsed={headersOf(settings, upstream).length > 0}
        >
          <HeaderFields {...form} />
        </FoldedSection>
        {children}
        <LinkTarget {...form} />
      </Stack>
    </ConfigSection>
  );
}
