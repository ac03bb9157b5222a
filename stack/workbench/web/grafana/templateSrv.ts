import {
  type CustomVariableModel,
  LoadingState,
  type ScopedVars,
  type TimeRange,
  type TypedVariableModel,
  VariableHide,
} from '@grafana/data';
import type { TemplateSrv, VariableInterpolation } from '@grafana/runtime';

import { formatValue } from './formats';
import { macroText, macroValue } from './macros';

/** $name, [[name]], [[name:format]], ${name}, ${name.path}, ${name:format} and ${name["path"]:format} */
const REFERENCE =
  /\$(\w+)|\[\[(\w+?)(?::([\w:]+))?\]\]|\$\{(\w+)((?:\.[^:^}[\]]+|\[[^\]]+\](?:\.[^:^}]+)?)+)?(?::([^}]+))?\}/g;

interface Reference {
  match: string;
  name: string;
  path: string | undefined;
  format: string | undefined;
}

/** A variable of the dashboard that is shown. */
export interface WorkbenchVariable {
  name: string;
  value: string | string[];
  /** What is chosen, where that is not the value: "all". */
  chosen?: string | string[];
}

/** Fills in variables, times and the macros of data links, as Grafana's template service does. */
export class WorkbenchTemplateSrv implements TemplateSrv {
  private variables: WorkbenchVariable[] = [];
  private range: TimeRange | undefined;

  setVariables(variables: WorkbenchVariable[]) {
    this.variables = variables;
  }

  updateTimeRange(timeRange: TimeRange) {
    this.range = timeRange;
  }

  getVariables(): TypedVariableModel[] {
    return this.variables.map(toModel);
  }

  containsTemplate(target?: string): boolean {
    return references(target ?? '').some(({ name }) => this.variables.some((variable) => variable.name === name));
  }

  replace(
    target?: string,
    scopedVars?: ScopedVars,
    format?: string | Function,
    interpolations?: VariableInterpolation[]
  ): string {
    if (!target) {
      return target ?? '';
    }
    return target.replace(REFERENCE, (...groups: unknown[]) => {
      const reference = toReference(groups);
      const value = this.lookup(reference, scopedVars);
      const text = value === undefined ? reference.match : this.write(value, reference, format);
      interpolations?.push({
        match: reference.match,
        variableName: reference.name,
        fieldPath: reference.path,
        format: reference.format ?? (typeof format === 'string' ? format : undefined),
        value: text,
        found: value !== undefined,
      });
      return text;
    });
  }

  private write(value: string | string[], { name, format: own }: Reference, format: string | Function | undefined) {
    if (own === undefined && typeof format === 'function') {
      const variable = this.getVariables().find((candidate) => candidate.name === name) ?? { name };
      return String(format(value, variable, formatValue));
    }
    return formatValue(value, own ?? (typeof format === 'string' ? format : undefined));
  }

  private lookup({ name, path }: Reference, scopedVars: ScopedVars | undefined): string | string[] | undefined {
    const scoped = scopedVars?.[name];
    if (scoped && scoped.value !== undefined && scoped.value !== null) {
      return Array.isArray(scoped.value) ? scoped.value.map(String) : String(scoped.value);
    }
    const macro: unknown = macroValue(name, path, scopedVars);
    if (macro !== undefined) {
      return macroText(macro);
    }
    return this.builtIn(name) ?? this.variables.find((variable) => variable.name === name)?.value;
  }

  private builtIn(name: string): string | undefined {
    if (!this.range) {
      return undefined;
    }
    const from = String(this.range.from.valueOf());
    const to = String(this.range.to.valueOf());
    switch (name) {
      case '__from':
        return from;
      case '__to':
        return to;
      case '__url_time_range':
        return `from=${from}&to=${to}`;
      case '__all_variables':
        return this.variables.map((variable) => urlParams(variable)).join('&');
      default:
        return undefined;
    }
  }
}

function urlParams({ name, value }: WorkbenchVariable): string {
  return [value]
    .flat()
    .map((one) => `var-${name}=${encodeURIComponent(one)}`)
    .join('&');
}

function references(target: string): Reference[] {
  return Array.from(target.matchAll(REFERENCE), (match) => toReference([...match]));
}

function toReference(groups: unknown[]): Reference {
  const [match, plain, square, squareFormat, braced, path, format] = groups.map((group) =>
    typeof group === 'string' ? group : undefined
  );
  return {
    match: match ?? '',
    name: plain ?? square ?? braced ?? '',
    path: path?.replace(/^\./, ''),
    format: squareFormat ?? format,
  };
}

function toModel({ name, value, chosen = value }: WorkbenchVariable, index: number): CustomVariableModel {
  const text = [chosen].flat().join(' + ');
  return {
    name,
    id: name,
    type: 'custom',
    label: name,
    rootStateKey: null,
    global: false,
    hide: VariableHide.dontHide,
    skipUrlSync: false,
    index,
    state: LoadingState.Done,
    error: null,
    description: null,
    current: { text, value: chosen, selected: true },
    options: [],
    query: '',
    multi: Array.isArray(value),
    includeAll: false,
  };
}
