import { type DataFrame } from '@grafana/data';

/** The values of fields by name, in the order of the names; a field that the frame lacks has none. */
export function columns(frame: DataFrame, ...names: string[]): unknown[][] {
  return names.map((name) => frame.fields.find((field) => field.name === name)?.values ?? []);
}

/** A text that says something, else undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A finite number, else undefined. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
