import { type DataSourceJsonData } from '@grafana/data';
import { type DataQuery } from '@grafana/schema';

/** What a query asks for; also the name of the frame that answers it. */
export type QueryType =
  | 'flow-runs'
  | 'flow-steps'
  | 'step-stats'
  | 'step-latency'
  | 'step-contribution'
  | 'step-heatmap'
  | 'step-regressions'
  | 'run-grid'
  | 'run-compare'
  | 'step-map'
  | 'run-trace'
  | 'step-logs'
  | 'deployments';

/** A figure of a step or a run; which of them a query type has is in queryTypes.ts. */
export type Measure =
  | ('latency' | 'errors' | 'rate' | 'queue' | 'size' | 'seconds' | 'share' | 'duration' | 'outcome' | 'ratio')
  | ('change' | 'p95' | 'previous_p95' | 'impact');

/** What a window is compared with: the one of the same length before, or the same hours a day or a week ago. */
export type CompareWith = 'previous' | 'day' | 'week';

/** Where figures of steps come from; auto takes span metrics when they carry Windmill's tags, else TraceQL metrics. */
export type FigureSource = 'auto' | 'span-metrics' | 'traceql-metrics';

export type LogDirection = 'backward' | 'forward';

/** How a step or run ended, derived by the backend from its steps. */
export const OUTCOMES = ['ok', 'error', 'recovered', 'skipped', 'canceled', 'running'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What the filter by outcome takes besides: errors whose failure module ran well. */
export const OUTCOME_FILTER_VALUES = [...OUTCOMES, 'handled'] as const;

export const FILTER_KEYS = [
  'workspace',
  'flow',
  'step',
  'scriptPath',
  'worker',
  'tag',
  'language',
  'outcome',
  'jobId',
  'rootJob',
  'parentJob',
  'triggerKind',
  'trigger',
  'createdBy',
] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

/** One of these values, none of them, one of these regular expressions, none of those. */
export const FILTER_OPERATORS = ['=', '!=', '=~', '!~'] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** What a filter asks of a job. Without values, = and =~ match nothing and != and !~ everything. */
export interface Condition {
  op: FilterOperator;
  values: string[];
}

/** Filters as they are sent. A list is "one of these values"; of several conditions all must hold. */
export type Filters = Partial<Record<FilterKey, string[] | Condition | Condition[]>>;

/** Filters as they are saved. Hand-written queries may hold a bare string in place of a list of one. */
export type SavedFilters = Partial<Record<FilterKey, string | string[] | Condition | Condition[]>>;

/** A number, or a text with variables that becomes one. */
export type NumberOrText = number | string;

/** One query as it is saved in dashboards and alert rules, and sent to the backend. */
export interface WindmillQuery extends DataQuery {
  queryType?: QueryType;
  /** Of the query model: 2 is today's, see src/query/version.ts. Empty: 1. */
  version?: number;
  /** flow-steps: job id (UUID) of the run. Empty: the latest finished run in the time range that matches the filters. */
  runId?: string;
  filters?: SavedFilters;
  /** Duration such as "200ms", "1.5s" or "2m". Empty: no minimum. */
  minDuration?: string;
  /** How many rows at most (runs, log lines, deployments), 1 to 1000. */
  limit?: NumberOrText;
  /** step-latency: each above 0 and below 1. */
  quantiles?: NumberOrText[];
  /** How far back a baseline looks, a duration such as "24h". Empty: the data source's setting. */
  baselineWindow?: string;
  /** run-compare: the second run. Empty: the baseline. */
  compareRunId?: string;
  /** step-latency, step-contribution, run-grid; step-regressions in alert rules. Empty: the type's first. */
  measure?: Measure;
  /** step-stats, step-regressions. Empty: previous. */
  compareWith?: CompareWith;
  /** step-regressions, step-stats: change of the p95 that counts, 0.5 is +50 %. A text is in percent. Empty: the default. */
  threshold?: NumberOrText;
  /** step-regressions, step-stats: fewer calls in either window say nothing. Empty: the default. */
  minCalls?: NumberOrText;
  /** Types made of span metrics. Empty: auto. */
  source?: FigureSource;
  /** step-logs: text that a line must contain. */
  search?: string;
  /** step-logs. Empty: backward, the newest first. */
  direction?: LogDirection;
  /** flow-runs, flow-steps, step-logs: go on while runs do. */
  follow?: boolean;
  /** step-logs: how many lines there are, by level and over time, in place of the lines. Set for Explore's log volume. */
  volume?: boolean;
  /** Set for annotations, which take one whole answer: not streamed. */
  whole?: boolean;
}

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;
/** step-regressions, step-stats: a p95 that grew by 50 % counts. */
export const DEFAULT_THRESHOLD = 0.5;
/** step-regressions, step-stats. */
export const DEFAULT_MIN_CALLS = 5;
/** step-regressions: the largest change, 1000 is +100 000 %. */
export const MAX_THRESHOLD = 1000;
/** step-logs. */
export const MAX_SEARCH_BYTES = 1000;
export const DEFAULT_QUANTILES = [0.5, 0.95];
export const DEFAULT_BASELINE_WINDOW = '24h';
/** Seconds that a request to an upstream may take. */
export const DEFAULT_TIMEOUT_SECONDS = 30;
export const MAX_TIMEOUT_SECONDS = 3600;

/** What a dashboard variable lists: the values of a filter, or the ids of runs. */
export type VariableValues = Exclude<FilterKey, 'jobId' | 'rootJob' | 'parentJob'> | 'run';

/** The query of a dashboard variable. */
export interface WindmillVariableQuery extends DataQuery {
  /** Empty: flow. */
  values?: VariableValues;
  /** Only values that go with these; other variables can be used. */
  filters?: SavedFilters;
  /** Runs only: how many at most, the newest first. */
  limit?: NumberOrText;
}

/** Answer of the backend's resource `tag-values`. */
export interface TagValues {
  values: string[];
  /** More values exist than were returned. */
  truncated: boolean;
}

export type UpstreamName = 'tempo' | 'prometheus' | 'loki';

/** `httpHeaderName1`, `httpHeaderName2`, ...; the value is the secret `httpHeaderValue` of the same number. */
export type HeaderNameKey = `httpHeaderName${number}`;

/** How one upstream server is reached. The names are the ones that Grafana's own data sources use. */
export interface UpstreamOptions {
  url?: string;
  /** Sent as X-Scope-OrgID. */
  tenant?: string;
  basicAuth?: boolean;
  basicAuthUser?: string;
  tlsSkipVerify?: boolean;
  /** A client certificate is presented. */
  tlsAuth?: boolean;
  /** The server's certificate is checked against an own CA. */
  tlsAuthWithCACert?: boolean;
  /** Name expected in the server's certificate; in use with tlsAuth or tlsAuthWithCACert. */
  serverName?: string;
  /** Seconds. */
  timeout?: number;
  /** The user's own Grafana data source that links lead to. */
  datasourceUid?: string;
  [header: HeaderNameKey]: string | undefined;
}

/** How much one query may take; the backend has the defaults. */
export interface LimitOptions {
  jobs?: number;
  requests?: number;
  megabytes?: number;
  seconds?: number;
}

/** How Prometheus is reached, and what is known of its span metrics. */
export interface PrometheusOptions extends UpstreamOptions {
  /** Distance of the samples, a duration from 1s to 5m. Empty: it is measured. */
  timeInterval?: string;
}

/** How Loki is reached, and where in it Windmill's logs are. */
export interface LokiOptions extends UpstreamOptions {
  /** LogQL stream selector such as `{service_name="windmill"}`. Empty: all streams. */
  streamSelector?: string;
}

/** Tempo's searches are streamed over gRPC, so that what is found is seen while it comes. */
export interface StreamingOptions {
  enabled?: boolean;
  /** Address of Tempo's gRPC port. Empty: Tempo's own URL, which serves gRPC with stream_over_http_enabled. */
  grpcUrl?: string;
}

export interface TempoOptions extends UpstreamOptions {
  streaming?: boolean | StreamingOptions;
}

/** Settings that are not secret. */
export interface WindmillOptions extends DataSourceJsonData {
  tempo?: TempoOptions;
  prometheus?: PrometheusOptions;
  loki?: LokiOptions;
  /** Base address of the Windmill instance, for links to jobs. */
  windmillUrl?: string;
  /** How far back a baseline looks, a duration such as "24h". */
  baselineWindow?: string;
  limits?: LimitOptions;
  enableSecureSocksProxy?: boolean;
  /** Forward the signed-in user's OAuth token to the upstreams. */
  oauthPassThru?: boolean;
}

export type UpstreamSecret =
  'basicAuthPassword' | 'bearerToken' | 'tlsCACert' | 'tlsClientCert' | 'tlsClientKey' | `httpHeaderValue${number}`;

/** Keys of secureJsonData: one flat namespace, so each secret carries its upstream. */
export type SecretKey = `${UpstreamName}.${UpstreamSecret}`;
export type WindmillSecureOptions = Partial<Record<SecretKey, string>>;
