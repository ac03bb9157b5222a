import { ConfigSection } from '@grafana/plugin-ui';
import { config } from '@grafana/runtime';
import { Stack } from '@grafana/ui';
import React from 'react';

import { withOptions } from './settings';
import { SwitchField } from './SwitchField';
import { type FormProps } from './form';

/** What holds for every server at once. */
export function NetworkSettings({ settings, onChange }: FormProps) {
  const { oauthPassThru, enableSecureSocksProxy } = settings.jsonData;
  return (
    <ConfigSection title="All connections">
      <Stack direction="column" gap={2}>
        <SwitchField
          label="Forward OAuth identity"
          description="Send the signed-in user's OAuth token with every request. Alert rules have no user and send none."
          value={oauthPassThru}
          onChange={(value) => onChange(withOptions(settings, { oauthPassThru: value }))}
        />
        {config.secureSocksDSProxyEnabled && (
          <SwitchField
            label="Secure Socks Proxy"
            description="Connect through Grafana's secure socks proxy, to reach servers in another network."
            value={enableSecureSocksProxy}
            onChange={(value) => onChange(withOptions(settings, { enableSecureSocksProxy: value }))}
          />
        )}
      </Stack>
    </ConfigSection>
  );
}
