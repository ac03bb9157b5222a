/** What the backend's health check found out; pkg/plugin/health.go writes it. */
export interface HealthReport {
  upstreams: UpstreamHealth[];
  /** Undefined: Prometheus was not asked or did not answer. */
  spanMetrics?: SpanMetricsHealth;
  advice: Advice[];
}

export interface UpstreamHealth {
  name: string;
  configured: boolean;
  ok: boolean;
  message: string;
  version?: string;
}

export interface SpanMetricsHealth {
  exists: boolean;
  windmill: boolean;
  tags: string[];
  missing: string[];
  histogram?: string;
  /** Seconds between samples, as measured. */
  sampled?: number;
  seriesCount?: number;
}

/** Something to change, with the lines of configuration to do it. */
export interface Advice {
  title: string;
  text: string;
  lines: string[];
}

/** The report in a health check's details; undefined when they hold none. */
export function reportOf(details: unknown): HealthReport | undefined {
  if (!isRecord(details) || !Array.isArray(details.upstreams)) {
    return undefined;
  }
  return {
    upstreams: details.upstreams.filter(isRecord).map(upstreamOf),
    spanMetrics: isRecord(details.spanMetrics) ? spanMetricsOf(details.spanMetrics) : undefined,
    advice: (Array.isArray(details.advice) ? details.advice : []).filter(isRecord).map(adviceOf),
  };
}

/** The report as plain text, for Grafana's own field below the message of a test. */
export function reportText({ upstreams, spanMetrics, advice }: HealthReport): string {
  const states = upstreams.map(({ name, version, message }) => `${name}${version ? ` ${version}` : ''}: ${message}`);
  const found = spanMetrics ? factsOf(spanMetrics).map(({ label, text }) => `${label}: ${text}`) : [];
  const advised = advice.map(({ title, text, lines }) =>
    [title, text, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n')
  );
  return [[...states, ...found].join('\n'), ...advised].join('\n\n');
}

export interface Fact {
  label: string;
  text: string;
}

/** What was detected in Prometheus, a line each; what is unknown has none. */
export function factsOf(metrics: SpanMetricsHealth): Fact[] {
  if (!metrics.exists) {
    return [{ label: 'Span metrics', text: 'none' }];
  }
  const count = metrics.seriesCount === undefined ? '' : `, ${metrics.seriesCount.toLocaleString('en-US')} series`;
  const facts: Fact[] = [
    { label: 'Span metrics', text: `${metrics.windmill ? "of Windmill's spans" : "none of Windmill's spans"}${count}` },
  ];
  const add = (label: string, text: string | undefined) => text && facts.push({ label, text });
  add('Latency histogram', metrics.histogram);
  add('Labels from Windmill', metrics.tags.join(', '));
  add('Missing labels', metrics.missing.join(', '));
  add('Samples', metrics.sampled === undefined ? undefined : `${Number(metrics.sampled.toPrecision(3))} s apart`);
  return facts;
}

function upstreamOf(raw: Record<string, unknown>): UpstreamHealth {
  return {
    name: text(raw.name) ?? '',
    configured: raw.configured === true,
    ok: raw.ok === true,
    message: text(raw.message) ?? '',
    version: text(raw.version),
  };
}

function spanMetricsOf(raw: Record<string, unknown>): SpanMetricsHealth {
  return {
    exists: raw.exists === true,
    windmill: raw.windmill === true,
    tags: texts(raw.tags),
    missing: texts(raw.missing),
    histogram: text(raw.histogram),
    sampled: number(raw.sampled),
    seriesCount: number(raw.seriesCount),
  };
}

function adviceOf(raw: Record<string, unknown>): Advice {
  return { title: text(raw.title) ?? '', text: text(raw.text) ?? '', lines: texts(raw.lines) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
