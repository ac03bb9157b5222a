import { css } from '@emotion/css';
import {
  type DataSourceApi,
  type DataSourcePlugin,
  DataSourcePluginContextProvider,
  type DataSourceSettings,
  type GrafanaTheme2,
} from '@grafana/data';
import { Button, ErrorBoundaryAlert, Field, Input, LinkButton, Stack, useStyles2 } from '@grafana/ui';
import React, { type FormEvent, useState } from 'react';

import { dataSourceSrv } from '../grafana/setup';
import { type Health, HealthResult } from './HealthResult';
import { saveAndTest } from './saveAndTest';

interface Props {
  plugin: DataSourcePlugin<DataSourceApi>;
  initial: DataSourceSettings;
}

/** Name, the plugin's own fields, and Save & test, laid out as in Grafana. */
export function SettingsForm({ plugin, initial }: Props) {
  const styles = useStyles2(getStyles);
  const [settings, setSettings] = useState(initial);
  const [health, setHealth] = useState<Health>();
  const [busy, setBusy] = useState(false);
  const Editor = plugin.components.ConfigEditor;
  const instance = dataSourceSrv.getInstanceSettings(settings.uid);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const result = await saveAndTest(settings);
    setSettings(result.settings);
    setHealth(result.health);
    setBusy(false);
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <Field label="Name" htmlFor="name" noMargin>
        <Input
          id="name"
          width={40}
          value={settings.name}
          onChange={(event) => setSettings({ ...settings, name: event.currentTarget.value })}
        />
      </Field>
      {Editor && instance && (
        <ErrorBoundaryAlert title="The config editor failed" dependencies={[settings]}>
          <DataSourcePluginContextProvider instanceSettings={instance}>
            {/* The plugin's sections are headings of the third level, in Grafana too. */}
            <h2 className="sr-only">Settings of the plugin</h2>
            <Editor options={settings} onOptionsChange={setSettings} />
          </DataSourcePluginContextProvider>
        </ErrorBoundaryAlert>
      )}
      {health && <HealthResult health={health} />}
      <Stack direction="row" gap={1}>
        <Button type="submit" disabled={busy} icon={busy ? 'spinner' : undefined}>
          Save &amp; test
        </Button>
        <LinkButton variant="secondary" href="/explore" icon="compass">
          Explore
        </LinkButton>
      </Stack>
    </form>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  form: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(3),
    maxWidth: 880,
    paddingBottom: theme.spacing(4),
  }),
});
