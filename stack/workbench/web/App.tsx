import { locationService } from '@grafana/runtime';
import { ErrorBoundaryAlert, GlobalStyles, PortalContainer } from '@grafana/ui';
import { Router } from 'react-router-dom-v5-compat';
import React from 'react';

import { ConfigPage } from './config/ConfigPage';
import { DashboardPage } from './dashboards/DashboardPage';
import { DashboardsPage } from './dashboards/DashboardsPage';
import { ExplorePage } from './explore/ExplorePage';
import { Header } from './shell/Header';
import { NotFoundPage } from './shell/NotFoundPage';
import { PageStyles } from './shell/PageStyles';
import { ThemeProvider } from './shell/ThemeSwitch';
import { useInPageLinks } from './shell/useInPageLinks';
import { type PageLocation, useLocation } from './shell/useLocation';

/** The whole page. The router is there for the links of @grafana/ui; which page is shown is read from the address. */
export function App() {
  const location = useLocation();
  useInPageLinks();
  return (
    <ThemeProvider>
      <PageStyles />
      <GlobalStyles />
      <Router location={location} navigator={locationService.getHistory()}>
        <Header path={location.pathname} />
        <ErrorBoundaryAlert key={location.pathname} title="This page of the workbench failed">
          <Page location={location} />
        </ErrorBoundaryAlert>
        <PortalContainer />
      </Router>
    </ThemeProvider>
  );
}

function Page({ location }: { location: PageLocation }) {
  const [, first, second, third, fourth] = location.pathname.split('/');
  if (first === '' || first === 'explore') {
    return <ExplorePage search={location.search} />;
  }
  if (first === 'dashboards') {
    return <DashboardsPage />;
  }
  if (first === 'd' && second) {
    return <DashboardPage key={second} uid={decodeURIComponent(second)} search={location.search} />;
  }
  if (first === 'connections' && second === 'datasources' && third === 'edit' && fourth) {
    return <ConfigPage key={fourth} uid={decodeURIComponent(fourth)} />;
  }
  return <NotFoundPage path={location.pathname} />;
}
