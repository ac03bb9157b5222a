import type { BootData } from '@grafana/data';

import type { FrontendSettings } from './settings';
import { storedTheme } from './storedTheme';

/**
 * What Grafana's server writes into its page. Only what its packages read without a default is set, which is why the
 * type needs help: in Grafana all of it is there.
 */
export function bootData(settings: FrontendSettings): BootData {
  const user = {
    id: 1,
    uid: '',
    login: 'workbench',
    name: 'Workbench',
    email: 'workbench@localhost',
    isSignedIn: false,
    orgId: 1,
    orgName: 'Workbench',
    orgRole: 'Admin',
    theme: storedTheme(),
    lightTheme: storedTheme() === 'light',
    timezone: 'browser',
    weekStart: '',
    language: 'en-US',
    permissions: {},
  };
  const complete = {
    ...settings,
    appSubUrl: '',
    featureToggles: {},
    secureSocksDSProxyEnabled: true,
    exploreEnabled: true,
    unifiedAlertingEnabled: true,
  };
  return { user, settings: complete, navTree: [], assets: { light: '', dark: '' } } as unknown as BootData;
}
