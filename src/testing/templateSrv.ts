import { type ScopedVars, type TypedVariableModel } from '@grafana/data';
import { type TemplateSrv } from '@grafana/runtime';

type Value = string | string[];
type Format = (value: Value) => string;

const REFERENCE = /\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)\]\]/g;

/**
 * Variables as Grafana's own service treats them: unknown ones stay as written, scoped ones win, a format written in
 * the reference wins over the caller's, and "All" stands for every option.
 */
export function fakeTemplateSrv(
  variables: Record<string, { value: Value; options?: string[]; type?: string }> = {}
): TemplateSrv {
  const valueOf = (name: string, scopedVars: ScopedVars): Value | undefined => {
    const value: Value | undefined = scopedVars[name]?.value ?? variables[name]?.value;
    return value === '$__all' || value?.[0] === '$__all' ? variables[name].options : value;
  };
  return {
    getVariables: () =>
      Object.entries(variables).map(
        ([name, { value, type }]) => ({ name, type, current: { value } }) as TypedVariableModel
      ),
    replace: (target = '', scopedVars = {}, format) =>
      target.replace(REFERENCE, (match, plain, braced, written, old) => {
        const value = valueOf(plain ?? braced ?? old, scopedVars);
        if (value === undefined) {
          return match;
        }
        return typeof format === 'function' && !written ? (format as Format)(value) : String(value);
      }),
    containsTemplate: (target = '') => target.search(REFERENCE) >= 0,
    updateTimeRange: () => {},
  };
}
