import { EditorRow } from '@grafana/plugin-ui';
import { Collapse } from '@grafana/ui';
import { partition } from 'lodash';
import React, { Fragment, type ReactNode, useState } from 'react';

import { type Choice, COMPARE_WITH, DIRECTIONS, MEASURES, SOURCES } from '../../query/choices';
import { optionTexts } from '../../query/displayText';
import { hasOption, type QueryOption, type QueryTypeInfo } from '../../query/queryTypes';
import { type WindmillQuery } from '../../types';
import { ChoiceOption } from './ChoiceOption';
import { FollowField } from './FollowField';
import { QuantilesField } from './QuantilesField';
import { TextOption } from './TextOption';
import { TYPED_OPTIONS, type TypedOption } from './textOptions';

interface Props {
  info: QueryTypeInfo;
  query: WindmillQuery;
  onChange: (changes: Partial<WindmillQuery>) => void;
}

interface OptionControl {
  option: QueryOption;
  render: (props: Props) => ReactNode;
}

/** In the order in which they are shown. */
const CONTROLS: OptionControl[] = [
  { option: 'measure', render: measure },
  {
    option: 'quantiles',
    render: ({ query, onChange }) => (
      <QuantilesField value={query.quantiles} onChange={(quantiles) => onChange({ quantiles })} />
    ),
  },
  choice('compareWith', 'Compare with', 'The earlier window that the time range is set against', COMPARE_WITH),
  ...TYPED_OPTIONS.map(typed),
  choice('source', 'Source', 'Where the figures come from', SOURCES),
  choice('direction', 'Order', 'Which lines come first', DIRECTIONS),
  {
    option: 'follow',
    render: ({ query, onChange }) => <FollowField value={query.follow} onChange={(follow) => onChange({ follow })} />,
  },
];

/** Options that are seldom changed: folded, with what they are set to. */
const FOLDED: QueryOption[] = [
  'minDuration',
  'limit',
  'threshold',
  'minCalls',
  'baselineWindow',
  'source',
  'direction',
];

/** What is neither a filter nor a run: the figure, the window to compare with, limits, the baseline's window. */
export function OptionFields(props: Props) {
  const controls = CONTROLS.filter(({ option }) => hasOption(props.info, option, props.query));
  const [folded, shown] = partition(controls, ({ option }) => FOLDED.includes(option));
  return (
    <>
      {shown.length > 0 && <Controls controls={shown} {...props} />}
      {folded.length > 0 && <FoldedOptions controls={folded} {...props} />}
    </>
  );
}

function Controls({ controls, ...props }: Props & { controls: OptionControl[] }) {
  return (
    <EditorRow>
      {controls.map(({ option, render }) => (
        <Fragment key={option}>{render(props)}</Fragment>
      ))}
    </EditorRow>
  );
}

function FoldedOptions(props: Props & { controls: OptionControl[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const set = optionTexts(
    props.query,
    props.controls.map(({ option }) => option)
  );
  return (
    <Collapse label={`Options: ${set.join(', ') || 'defaults'}`} isOpen={isOpen} onToggle={setIsOpen}>
      <Controls {...props} />
    </Collapse>
  );
}

function measure({ info, query, onChange }: Props): ReactNode {
  const measures = MEASURES[info.value];
  return (
    measures && (
      <ChoiceOption
        label="Measure"
        tooltip={
          info.value === 'step-regressions'
            ? 'Which figure alert rules get, which take one for each step; a table has all of them'
            : 'Which figure of a step to show'
        }
        choices={measures}
        value={measures.some(({ value }) => value === query.measure) ? query.measure : undefined}
        onChange={(chosen) => onChange({ measure: chosen })}
      />
    )
  );
}

function choice<K extends 'compareWith' | 'source' | 'direction'>(
  option: K,
  label: string,
  tooltip: string,
  choices: Array<Choice<NonNullable<WindmillQuery[K]>>>
): OptionControl {
  return {
    option,
    render: ({ query, onChange }) => (
      <ChoiceOption
        label={label}
        tooltip={tooltip}
        choices={choices}
        value={query[option]}
        onChange={(value) => onChange({ [option]: value })}
      />
    ),
  };
}

function typed({ option, label, tooltip, placeholder, width, validate, read, write }: TypedOption): OptionControl {
  return {
    option,
    render: ({ info, query, onChange }) => (
      <TextOption
        label={label}
        tooltip={tooltip(info)}
        value={read(query)}
        placeholder={placeholder}
        width={width}
        validate={validate}
        onCommit={(text) => onChange(write(text))}
      />
    ),
  };
}
