import { type DataSourceSettings } from '@grafana/data';

import {
  type HeaderNameKey,
  type LokiOptions,
  type PrometheusOptions,
  type SecretKey,
  type UpstreamName,
  type UpstreamOptions,
  type UpstreamSecret,
  type WindmillOptions,
  type WindmillSecureOptions,
} from '../../types';

export type Settings = DataSourceSettings<WindmillOptions, WindmillSecureOptions>;

export interface Header {
  /** Number in the settings' keys, from 1. */
  index: number;
  name: string;
}

const HEADER_NAME = /^httpHeaderName(\d+)$/;

export function secretKey(upstream: UpstreamName, secret: UpstreamSecret): SecretKey {
  return `${upstream}.${secret}`;
}

export function withOptions(settings: Settings, changes: Partial<WindmillOptions>): Settings {
  return { ...settings, jsonData: { ...settings.jsonData, ...changes } };
}

export function withUpstream(settings: Settings, upstream: UpstreamName, changes: UpstreamOptions): Settings {
  return withOptions(settings, { [upstream]: { ...settings.jsonData[upstream], ...changes } });
}

export function withPrometheus(settings: Settings, changes: PrometheusOptions): Settings {
  return withOptions(settings, { prometheus: { ...settings.jsonData.prometheus, ...changes } });
}

export function withLoki(settings: Settings, changes: LokiOptions): Settings {
  return withOptions(settings, { loki: { ...settings.jsonData.loki, ...changes } });
}

export function isConfigured(settings: Settings, key: SecretKey): boolean {
  return Boolean(settings.secureJsonFields?.[key]);
}

export function typedSecret(settings: Settings, key: SecretKey): string {
  return settings.secureJsonData?.[key] ?? '';
}

export function withSecret(settings: Settings, key: SecretKey, value: string): Settings {
  return { ...settings, secureJsonData: { ...settings.secureJsonData, [key]: value } };
}

/** Forgets a secret. The empty value is what makes Grafana overwrite the saved one. */
export function withoutSecret(settings: Settings, key: SecretKey): Settings {
  if (!isConfigured(settings, key) && typedSecret(settings, key) === '') {
    return settings;
  }
  const cleared = withSecret(settings, key, '');
  return { ...cleared, secureJsonFields: { ...settings.secureJsonFields, [key]: false } };
}

export type AuthMethod = 'none' | 'basic' | 'bearer';

export function authMethod(settings: Settings, upstream: UpstreamName): AuthMethod {
  if (settings.jsonData[upstream]?.basicAuth) {
    return 'basic';
  }
  const key = secretKey(upstream, 'bearerToken');
  return isConfigured(settings, key) || typedSecret(settings, key) !== '' ? 'bearer' : 'none';
}

/** Switches the method and forgets the credentials of the others, so that none is sent or kept by accident. */
export function withAuthMethod(settings: Settings, upstream: UpstreamName, method: AuthMethod): Settings {
  let next = withUpstream(settings, upstream, { basicAuth: method === 'basic' });
  if (method !== 'basic') {
    next = withoutSecret(next, secretKey(upstream, 'basicAuthPassword'));
  }
  if (method !== 'bearer') {
    next = withoutSecret(next, secretKey(upstream, 'bearerToken'));
  }
  return next;
}

/** Reports whether something other than the defaults of TLS is set. */
export function usesTls(settings: Settings, upstream: UpstreamName): boolean {
  const { tlsSkipVerify, tlsAuth, tlsAuthWithCACert } = settings.jsonData[upstream] ?? {};
  return Boolean(tlsSkipVerify || tlsAuth || tlsAuthWithCACert);
}

/** In the order of their numbers, which may have gaps: a removed header leaves one. */
export function headersOf(settings: Settings, upstream: UpstreamName): Header[] {
  const options = settings.jsonData[upstream] ?? {};
  return Object.entries(options)
    .map(([key, name]) => ({ index: Number(HEADER_NAME.exec(key)?.[1]), name: String(name ?? '') }))
    .filter(({ index }) => index > 0)
    .sort((a, b) => a.index - b.index);
}

/**
 * The new header gets the number after the highest one, so that the others keep theirs: a saved value cannot be read,
 * and therefore not be moved to another number.
 */
export function withHeaderAdded(settings: Settings, upstream: UpstreamName): Settings {
  const index = Math.max(0, ...headersOf(settings, upstream).map((header) => header.index)) + 1;
  return withHeaderName(settings, upstream, index, '');
}

export function withHeaderName(settings: Settings, upstream: UpstreamName, index: number, name: string): Settings {
  return withUpstream(settings, upstream, { [nameKey(index)]: name });
}

export function withHeaderRemoved(settings: Settings, upstream: UpstreamName, index: number): Settings {
  const options: UpstreamOptions = { ...settings.jsonData[upstream] };
  delete options[nameKey(index)];
  return withOptions(withoutSecret(settings, valueKey(upstream, index)), { [upstream]: options });
}

export function valueKey(upstream: UpstreamName, index: number): SecretKey {
  return secretKey(upstream, `httpHeaderValue${index}`);
}

function nameKey(index: number): HeaderNameKey {
  return `httpHeaderName${index}`;
}
