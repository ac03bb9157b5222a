import { type QueryEditorProps } from '@grafana/data';
import { EditorRow, EditorRows } from '@grafana/plugin-ui';
import { Alert } from '@grafana/ui';
import React, { useId } from 'react';

import { ANNOTATION_KINDS, annotationKind } from '../../annotations/annotationKinds';
import { type WindmillApi } from '../../datasourceApi';
import { type QueryOption, type QueryTypeInfo, queryTypeInfo } from '../../query/queryTypes';
import { type QueryType, type WindmillOptions, type WindmillQuery } from '../../types';
import { FilterFields } from '../QueryEditor/FilterFields';
import { OptionField } from '../QueryEditor/OptionField';
import { OptionFields } from '../QueryEditor/OptionFields';
import { SteadyCombobox } from '../SteadyCombobox';

type Props = Pick<
  QueryEditorProps<WindmillApi, WindmillQuery, WindmillOptions>,
  'datasource' | 'query' | 'onChange' | 'range'
>;

/** Options that events have no use for: they are whole answers, and have one text each. */
const USELESS: QueryOption[] = ['follow', 'measure'];

function optionsOfEvents(info: QueryTypeInfo | undefined): QueryTypeInfo | undefined {
  return info && { ...info, options: info.options.filter((option) => !USELESS.includes(option)) };
}

/** What an annotation marks, and of which runs or steps. */
export function AnnotationQueryEditor({ datasource, query, onChange, range }: Props) {
  const id = useId();
  const kind = annotationKind(query);
  const info = optionsOfEvents(queryTypeInfo(kind?.queryType));
  const shown: WindmillQuery = { ...kind?.query, ...query, queryType: query?.queryType ?? kind?.queryType };

  const choose = (queryType: QueryType) => {
    const chosen = annotationKind({ queryType });
    onChange({ refId: query?.refId || 'Anno', datasource: query?.datasource, ...chosen?.query });
  };
  return (
    <EditorRows>
      <EditorRow>
        <OptionField id={id} label="Mark" tooltip="What is marked on the panels of the dashboard">
          <SteadyCombobox<QueryType>
            id={id}
            options={ANNOTATION_KINDS.map(({ queryType, label, description }) => ({
              value: queryType,
              label,
              description,
            }))}
            value={kind?.queryType ?? null}
            placeholder="Choose what to mark"
            width={30}
            onChange={choose}
          />
        </OptionField>
      </EditorRow>
      {!kind && (
        <Alert severity="error" title={`The query type "${query?.queryType}" cannot be drawn as annotations`}>
          Choose one of the list.
        </Alert>
      )}
      {info && (
        <>
          <FilterFields
            filters={info.filters}
            datasource={datasource}
            query={shown}
            range={range}
            onChange={(filters) => onChange({ ...shown, filters })}
          />
          <OptionFields info={info} query={shown} onChange={(changes) => onChange({ ...shown, ...changes })} />
        </>
      )}
    </EditorRows>
  );
}
