import { type QueryEditorProps } from '@grafana/data';
import { EditorRow, EditorRows } from '@grafana/plugin-ui';
import { Alert } from '@grafana/ui';
import React, { useEffect } from 'react';

import { type WindmillApi } from '../../datasourceApi';
import { askedQuery, isOnDemand, isStale } from '../../query/onDemand';
import { defaultQuery, isAlerting, queryTypeInfo } from '../../query/queryTypes';
import { upgraded } from '../../query/version';
import { type WindmillOptions, type WindmillQuery } from '../../types';
import { AlertingHint } from './AlertingHint';
import { ExecutedQueries } from './ExecutedQueries';
import { FilterFields } from './FilterFields';
import { OptionFields } from './OptionFields';
import { QueryTypeField } from './QueryTypeField';
import { RunIdFields } from './RunIdFields';
import { RunOnDemand } from './RunOnDemand';

export type Props = QueryEditorProps<WindmillApi, WindmillQuery, WindmillOptions>;

/**
 * One query, with only the choices that its type has. Every finished change runs it, but for types that read a lot:
 * those run when the user says so.
 */
export function QueryEditor({ datasource, query: saved, onChange, onRunQuery, range, app, data }: Props) {
  // Grafana asks a new panel's query with the default's type, and hands it over here without.
  const query: WindmillQuery = saved.queryType ? saved : { ...saved, ...defaultQuery(app) };
  const info = queryTypeInfo(query.queryType);

  useEffect(() => {
    // Grafana's rule editor shows the default query without putting it into the rule.
    if (isAlerting(app)) {
      onChange(query);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, for the query that the editor opens with
  }, []);

  const edit = (changes: Partial<WindmillQuery>) => {
    const next = { ...upgraded(query), ...changes };
    onChange(next);
    if (!isOnDemand(next) || !askedQuery(next, data)) {
      onRunQuery();
    }
  };
  return (
    <EditorRows>
      <EditorRow>
        <QueryTypeField
          value={query.queryType}
          alertableOnly={isAlerting(app)}
          onChange={(queryType) => edit({ queryType })}
        />
        {info && <RunIdFields info={info} query={query} onChange={edit} />}
      </EditorRow>
      {isAlerting(app) && <AlertingHint info={info} />}
      {query.queryType && !info && (
        <Alert severity="error" title={`This version of the plugin does not know the query type "${query.queryType}"`}>
          Choose one of the list, or install a newer version of the plugin.
        </Alert>
      )}
      {info && (
        <FilterFields
          filters={[...info.filters, ...info.idFilters]}
          datasource={datasource}
          query={query}
          range={range}
          onChange={(filters) => edit({ filters })}
        />
      )}
      {info && <OptionFields info={info} query={query} onChange={edit} />}
      {isOnDemand(query) && isStale(query, data) && <RunOnDemand onRunQuery={onRunQuery} />}
      <ExecutedQueries refId={query.refId} frames={data?.series} />
    </EditorRows>
  );
}
