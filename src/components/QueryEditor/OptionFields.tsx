import { EditorRow } from '@grafana/plugin-ui';
import React from 'react';

import { COMPARE_WITH, DIRECTIONS, MEASURES, SOURCES } from '../../query/choices';
import { hasOption, type QueryOption, type QueryTypeInfo } from '../../query/queryTypes';
import { type WindmillQuery } from '../../types';
import { ChoiceOption } from './ChoiceOption';
import { FollowOption } from './FollowOption';
import { QuantilesField } from './QuantilesField';
import { TextOption } from './TextOption';
import { TYPED_OPTIONS } from './textOptions';

interface Props {
  info: QueryTypeInfo;
  query: WindmillQuery;
  onChange: (changes: Partial<WindmillQuery>) => void;
}

/** What is neither a filter nor a run: the figure, the window to compare with, limits, the baseline's window. */
export function OptionFields({ info, query, onChange }: Props) {
  const has = (option: QueryOption) => hasOption(info, option, query);
  const measures = MEASURES[info.value];
  if (info.options.every((option) => option === 'runId' || option === 'compareRunId')) {
    return null;
  }
  return (
    <EditorRow>
      {has('measure') && measures && (
        <ChoiceOption
          label="Measure"
          tooltip={
            info.value === 'step-regressions'
              ? 'Which figure alert rules get, which take one for each step; a table has all of them'
              : 'Which figure of a step to show'
          }
          choices={measures}
          value={measures.some((choice) => choice.value === query.measure) ? query.measure : undefined}
          onChange={(measure) => onChange({ measure })}
        />
      )}
      {has('quantiles') && <QuantilesField value={query.quantiles} onChange={(quantiles) => onChange({ quantiles })} />}
      {has('compareWith') && (
        <ChoiceOption
          label="Compare with"
          tooltip="The earlier window that the time range is set against"
          choices={COMPARE_WITH}
          value={query.compareWith}
          onChange={(compareWith) => onChange({ compareWith })}
        />
      )}
      {TYPED_OPTIONS.filter(({ option }) => has(option)).map((typed) => (
        <TextOption
          key={typed.option}
          label={typed.label}
          tooltip={typed.tooltip(info)}
          value={typed.read(query)}
          placeholder={typed.placeholder}
          width={typed.width}
          validate={typed.validate}
          onCommit={(text) => onChange(typed.write(text))}
        />
      ))}
      {has('source') && (
        <ChoiceOption
          label="Source"
          tooltip="Where the figures come from"
          choices={SOURCES}
          value={query.source}
          onChange={(source) => onChange({ source })}
        />
      )}
      {has('direction') && (
        <ChoiceOption
          label="Order"
          tooltip="Which lines come first"
          choices={DIRECTIONS}
          value={query.direction}
          onChange={(direction) => onChange({ direction })}
        />
      )}
      {has('follow') && <FollowOption value={query.follow} onChange={(follow) => onChange({ follow })} />}
    </EditorRow>
  );
}
