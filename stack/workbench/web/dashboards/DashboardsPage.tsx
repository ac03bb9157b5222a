import { getBackendSrv } from '@grafana/runtime';
import { Alert, Card, EmptyState, LoadingPlaceholder } from '@grafana/ui';
import React, { useEffect, useState } from 'react';

import { Page } from '../shell/Page';

interface Found {
  uid: string;
  title: string;
  url: string;
}

/** The provisioned dashboards. */
export function DashboardsPage() {
  const [found, setFound] = useState<Found[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    getBackendSrv()
      .get<Found[]>('/api/search')
      .then(setFound, () => setError('The workbench does not answer. Is it still running?'));
  }, []);
  return (
    <Page title="Dashboards" subtitle="Read from the provisioning directory when the workbench started.">
      {error && <Alert title="The dashboards can't be read">{error}</Alert>}
      {!found && !error && <LoadingPlaceholder text="Reading the dashboards" />}
      {found?.length === 0 && <EmptyState variant="not-found" message="No dashboard is provisioned" />}
      {found && found.length > 0 && (
        <ul style={{ listStyle: 'none', maxWidth: 720, display: 'grid', gap: 8 }}>
          {found.map(({ uid, title, url }) => (
            <li key={uid}>
              <Card href={url} noMargin>
                <Card.Heading>{title}</Card.Heading>
              </Card>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
