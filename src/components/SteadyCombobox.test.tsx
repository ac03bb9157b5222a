import { act, render, screen } from '@testing-library/react';
import React, { useState } from 'react';

import { SteadyCombobox } from './SteadyCombobox';

// As in Grafana 12.4: what was chosen is said again, to the first onChange, when its option is another object.
jest.mock('@grafana/ui', () => ({
  Combobox: function Combobox({ options, value, onChange }: ComboboxProps) {
    const { useEffect, useRef } = jest.requireActual('react');
    const first = useRef(onChange);
    const option = options.find((offered) => offered.value === value);
    useEffect(() => first.current(option), [option]);
    return <button onClick={() => first.current(options[1])}>{value}</button>;
  },
}));

interface ComboboxProps {
  options: Array<{ value: string }>;
  value: string;
  onChange: (option?: { value: string }) => void;
}

it('comes to rest with options that are made while rendering', () => {
  const onChange = jest.fn();
  function Host() {
    const [chosen, setChosen] = useState({ value: 'a' });
    return (
      <SteadyCombobox
        options={['a', 'b'].map((value) => ({ value }))}
        value={chosen.value}
        onChange={(value) => {
          onChange(value);
          setChosen({ value });
        }}
      />
    );
  }
  render(<Host />);
  act(() => screen.getByRole('button').click());
  expect(screen.getByText('b')).toBeInTheDocument();
  expect(onChange.mock.calls).toEqual([['b']]);
});
