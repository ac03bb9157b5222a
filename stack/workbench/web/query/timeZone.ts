import { setTimeZoneResolver } from '@grafana/data';
import { useSyncExternalStore } from 'react';

const KEY = 'workbench.timeZone';
const listeners = new Set<() => void>();
let timeZone = window.localStorage.getItem(KEY) ?? 'browser';

/** Formats of @grafana/data that are given no time zone use the chosen one. */
export function resolveTimeZone() {
  setTimeZoneResolver(() => timeZone);
}

export function setTimeZone(zone: string) {
  timeZone = zone;
  window.localStorage.setItem(KEY, zone);
  listeners.forEach((listener) => listener());
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** The time zone that times are shown in: "browser", "utc" or a name. */
export function useTimeZone(): string {
  return useSyncExternalStore(subscribe, () => timeZone);
}
