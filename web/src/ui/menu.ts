import type { Component } from 'svelte';

export interface MenuItem {
  label: string;
  icon?: Component<{ size?: number | string; 'aria-hidden'?: 'true' }>;
  tone?: 'danger';
  /** A tick and its meaning: one of several, or on and off. */
  checked?: boolean;
  act: () => void;
}

/** A line between groups. */
export type MenuEntry = MenuItem | 'line';
