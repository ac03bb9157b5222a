import { type APIRequestContext, expect } from '@playwright/test';

/** What Grafana's API says of one query. */
export interface Answer {
  status: number;
  error?: string;
  frames?: Frame[];
}

interface Frame {
  schema: { name?: string; meta?: Meta; fields: Field[] };
  data: { values: unknown[][] };
}

interface Meta {
  type?: string;
  notices?: Notice[];
  custom?: { version?: number; notices?: Notice[] };
}

interface Notice {
  severity: string;
  text: string;
}

export interface Field {
  name: string;
  type: string;
  labels?: Record<string, string>;
  config?: { custom?: { hidden?: boolean; hideFrom?: { viz?: boolean } } };
}

export const UID = 'windmill-flow-steps';

/** A query as a rule has it, over a window that ends `to` seconds ago. */
export function ruleQuery(model: object, from: number, to = 0) {
  return { refId: 'A', relativeTimeRange: { from, to }, datasourceUid: UID, model: { refId: 'A', ...model } };
}

/** An expression of a rule on the query or expression before. */
export function ruleExpression(refId: string, model: object) {
  const range = { from: 0, to: 0 };
  return { refId, relativeTimeRange: range, datasourceUid: '__expr__', model: { refId, ...model } };
}

/** What Grafana's ruler makes of a rule's queries: it asks for them as it does when the rule is due. */
export async function evaluate(request: APIRequestContext, data: Array<{ refId: string }>) {
  const condition = data[data.length - 1].refId;
  const answer = await request.post('/api/v1/eval', { data: { data, condition } });
  expect(answer.ok()).toBe(true);
  const { results }: { results: Record<string, Answer> } = await answer.json();
  return results;
}

/** What a dashboard or Explore gets for a query. */
export async function ask(request: APIRequestContext, query: object, from = 'now-1h', to = 'now'): Promise<Answer> {
  const datasource = { type: 'flowsteps-windmill-datasource', uid: UID };
  const defaults = { refId: 'A', datasource, intervalMs: 15_000, maxDataPoints: 1000 };
  const answer = await request.post('/api/ds/query', { data: { from, to, queries: [{ ...defaults, ...query }] } });
  const { results }: { results: Record<string, Answer> } = await answer.json();
  return results.A;
}

/** The numbers of frames, each with its labels. */
export function labelled({ frames = [] }: Answer): Array<{ labels: string; values: unknown[] }> {
  return frames.flatMap(({ schema, data }) =>
    schema.fields.flatMap(({ type, labels }, index) =>
      type === 'number' ? [{ labels: JSON.stringify(labels), values: data.values[index] }] : []
    )
  );
}

/** The values of a field of the first frame that has it. */
export function column({ frames = [] }: Answer, name: string): unknown[] {
  for (const { schema, data } of frames) {
    const index = schema.fields.findIndex((field) => field.name === name);
    if (index >= 0) {
      return data.values[index];
    }
  }
  return [];
}
