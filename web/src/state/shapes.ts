// The wire shapes that pages show as they are. Pages import them from here and know no API.
export type {
  ActivityEntry,
  Closing,
  Explained,
  GuestLink,
  ItemCard,
  ItemKind,
  ItemView,
  RefusalCount,
  TokenScope,
} from '../api/types.ts';
