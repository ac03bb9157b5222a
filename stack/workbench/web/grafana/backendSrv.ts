import { urlUtil } from '@grafana/data';
import type { BackendSrv, BackendSrvRequest, FetchError, FetchResponse } from '@grafana/runtime';
import { lastValueFrom, Observable, throwError } from 'rxjs';

/** Requests to the workbench's host, in the shape that plugins know from Grafana. */
export class WorkbenchBackendSrv implements BackendSrv {
  private readonly running = new Map<string, AbortController>();

  /** A request with the id of one that is under way takes its place. Unsubscribing takes the request back. */
  fetch<T>(options: BackendSrvRequest): Observable<FetchResponse<T>> {
    return new Observable<FetchResponse<T>>((subscriber) => {
      const controller = this.begin(options.requestId);
      transport<T>(options, controller.signal)
        .then((response) => {
          subscriber.next(response);
          subscriber.complete();
        })
        .catch((reason: unknown) => subscriber.error(toFetchError(reason, options)))
        .finally(() => this.end(options.requestId, controller));
      return () => controller.abort();
    });
  }

  chunked(options: BackendSrvRequest): Observable<FetchResponse<Uint8Array | undefined>> {
    return throwError(() => new Error(`The workbench does not stream: ${options.url}`));
  }

  get<T>(url: string, params?: BackendSrvRequest['params'], requestId?: string, options?: Partial<BackendSrvRequest>) {
    return this.send<T>({ ...options, method: 'GET', url, params, requestId });
  }

  delete<T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>) {
    return this.send<T>({ ...options, method: 'DELETE', url, data });
  }

  post<T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>) {
    return this.send<T>({ ...options, method: 'POST', url, data });
  }

  patch<T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>) {
    return this.send<T>({ ...options, method: 'PATCH', url, data });
  }

  put<T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>) {
    return this.send<T>({ ...options, method: 'PUT', url, data });
  }

  datasourceRequest<T>(options: BackendSrvRequest): Promise<FetchResponse<T>> {
    return lastValueFrom(this.fetch<T>(options));
  }

  request<T>(options: BackendSrvRequest): Promise<T> {
    return this.send<T>(options);
  }

  private async send<T>(options: BackendSrvRequest): Promise<T> {
    return (await lastValueFrom(this.fetch<T>(options))).data;
  }

  private begin(requestId: string | undefined): AbortController {
    const controller = new AbortController();
    if (requestId) {
      this.running.get(requestId)?.abort();
      this.running.set(requestId, controller);
    }
    return controller;
  }

  private end(requestId: string | undefined, controller: AbortController) {
    if (requestId && this.running.get(requestId) === controller) {
      this.running.delete(requestId);
    }
  }
}

async function transport<T>(options: BackendSrvRequest, signal: AbortSignal): Promise<FetchResponse<T>> {
  const response = await window.fetch(address(options), requestInit(options, signal));
  const answer: FetchResponse<T> = {
    data: await readBody(response, options.responseType),
    status: response.status,
    statusText: response.statusText,
    ok: response.ok,
    headers: response.headers,
    redirected: response.redirected,
    type: response.type,
    url: response.url,
    config: options,
  };
  if (!response.ok) {
    throw failed(answer);
  }
  return answer;
}

/** Plugins may write "api/..." for "/api/...". */
function address({ url, params }: BackendSrvRequest): string {
  const absolute = url.startsWith('/') || url.includes('://') ? url : `/${url}`;
  const query = params ? urlUtil.serializeParams(params) : '';
  return query ? `${absolute}${absolute.includes('?') ? '&' : '?'}${query}` : absolute;
}

function requestInit({ method, data, headers }: BackendSrvRequest, signal: AbortSignal): RequestInit {
  const sent = new Headers(headers);
  if (data === undefined || data === null) {
    return { method, headers: sent, signal };
  }
  if (!sent.has('Content-Type')) {
    sent.set('Content-Type', 'application/json');
  }
  return { method, headers: sent, signal, body: typeof data === 'string' ? data : JSON.stringify(data) };
}

async function readBody(response: Response, type: BackendSrvRequest['responseType']) {
  if (type === 'arraybuffer') {
    return response.arrayBuffer();
  }
  if (type === 'blob') {
    return response.blob();
  }
  const text = await response.text();
  if (type === 'text') {
    return text;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The error that plugins know: status and body of the answer. */
function failed<T>(answer: FetchResponse<T>): FetchError<T> {
  return { status: answer.status, statusText: answer.statusText, data: answer.data, config: answer.config };
}

function toFetchError(reason: unknown, config: BackendSrvRequest): FetchError {
  if (typeof reason === 'object' && reason !== null && 'status' in reason && 'config' in reason) {
    return reason as FetchError;
  }
  const cancelled = reason instanceof DOMException && reason.name === 'AbortError';
  const message = cancelled ? 'The request was taken back.' : 'The workbench does not answer. Is it still running?';
  return { status: 0, statusText: message, data: { message }, config, cancelled };
}
