import { LinkButton } from '@grafana/ui';
import React from 'react';

import { Page } from './Page';

export function NotFoundPage({ path }: { path: string }) {
  return (
    <Page title="Page not found" subtitle={`The workbench has no page ${path}. Grafana may have one.`}>
      <div>
        <LinkButton href="/explore">Go to Explore</LinkButton>
      </div>
    </Page>
  );
}
