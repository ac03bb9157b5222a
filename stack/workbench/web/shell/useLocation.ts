import { locationService } from '@grafana/runtime';
import { useSyncExternalStore } from 'react';

export interface PageLocation {
  pathname: string;
  search: string;
}

const subscribe = (changed: () => void) => locationService.getHistory().listen(changed);
const read = () => `${locationService.getLocation().pathname}\n${locationService.getLocation().search}`;

/** The page's address, anew whenever it changes. */
export function useLocation(): PageLocation {
  const [pathname = '/', search = ''] = useSyncExternalStore(subscribe, read).split('\n');
  return { pathname, search };
}
