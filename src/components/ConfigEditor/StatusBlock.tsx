import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { ConfigSection } from '@grafana/plugin-ui';
import { Badge, Button, Icon, Stack, Text, useStyles2 } from '@grafana/ui';
import React from 'react';

import { type Fact, factsOf, type UpstreamHealth } from '../../health/report';
import { type UpstreamName } from '../../types';
import { AdviceCard } from './AdviceCard';
import { type FormProps } from './form';
import { useHealth } from './useHealth';

const UPSTREAMS: UpstreamName[] = ['tempo', 'prometheus', 'loki'];

/** What the last test of the saved settings found out: Grafana itself shows only one line of it. */
export function StatusBlock({ settings }: Pick<FormProps, 'settings'>) {
  const isConfigured = UPSTREAMS.some((name) => settings.jsonData[name]?.url);
  const { answer, isChecking, check } = useHealth(settings.uid, isConfigured);
  const { report } = answer ?? {};
  return (
    <ConfigSection title="Status" description="Of the settings as they were saved last. Save & test renews it.">
      <Stack direction="column" gap={2} alignItems="flex-start">
        <div role="status">
          {!answer && (isChecking ? 'Asking the servers.' : 'Nothing was tested yet.')}
          {answer && !report && answer.message}
        </div>
        {report && (
          <>
            <UpstreamList upstreams={report.upstreams} />
            {report.spanMetrics && <FactTable facts={factsOf(report.spanMetrics)} />}
            {report.advice.map((advice) => (
              <AdviceCard key={advice.title} advice={advice} />
            ))}
          </>
        )}
        <Button variant="secondary" icon={isChecking ? 'spinner' : 'sync'} disabled={isChecking} onClick={check}>
          Test the saved settings
        </Button>
      </Stack>
    </ConfigSection>
  );
}

function UpstreamList({ upstreams }: { upstreams: UpstreamHealth[] }) {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.list} aria-label="Servers">
      {upstreams.map((upstream) => (
        <li key={upstream.name} className={styles.item}>
          <State upstream={upstream} />
          <Text weight="medium">{upstream.name}</Text>
          {upstream.version && <Badge color="blue" text={upstream.version} />}
          <span>{upstream.message}</span>
        </li>
      ))}
    </ul>
  );
}

function State({ upstream: { configured, ok } }: { upstream: UpstreamHealth }) {
  const styles = useStyles2(getStyles);
  if (!configured) {
    return <Icon name="circle-mono" title="Not configured" className={styles.off} />;
  }
  return ok ? (
    <Icon name="check-circle" title="Works" className={styles.good} />
  ) : (
    <Icon name="exclamation-circle" title="Does not work" className={styles.bad} />
  );
}

function FactTable({ facts }: { facts: Fact[] }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.facts} aria-label="What was detected">
      {facts.map(({ label, text }) => (
        <React.Fragment key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  item: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1) }),
  good: css({ color: theme.colors.success.text }),
  bad: css({ color: theme.colors.error.text }),
  off: css({ color: theme.colors.text.disabled }),
  facts: css({
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    gap: theme.spacing(0.5, 2),
    margin: 0,
    dt: { color: theme.colors.text.secondary },
    dd: { margin: 0 },
  }),
});
