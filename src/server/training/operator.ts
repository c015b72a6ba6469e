/** Who runs the service: what serves, serves all owners, so only the service's own owner trains and promotes. */
import { AffektError } from "../../core/errors.ts";
import type { Store } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import type { ManifestShelf } from "./manifest-shelf.ts";
import type { Serving } from "./serving.ts";
import type { TrainingDesk } from "./training-desk.ts";

/** Whom keys belong to unless they say otherwise, and who asks where there are no keys. */
const OPERATOR = "local";

export interface Operator {
  readonly shelf: ManifestShelf;
  readonly desk: TrainingDesk;
  readonly serving: Serving;
  readonly clock: () => Date;
  /** @throws AffektError `forbidden` to owners who only use the service */
  allow(caller: Caller): void;
  /** Remembers who did what. */
  audit(caller: Caller, action: string, details: Readonly<Record<string, string>>): Promise<void>;
}

export function operator(
  parts: Pick<Operator, "shelf" | "desk" | "serving" | "clock">,
  store: Pick<Store, "addAudit">,
): Operator {
  return {
    ...parts,
    allow({ owner }) {
      if (owner === OPERATOR) return;
      throw new AffektError(
        "forbidden",
        "Only who runs this service may train and promote models.",
        `Use a key of the owner ${OPERATOR}.`,
      );
    },
    audit: (caller, action, details) => store.addAudit(caller.owner, action, details, parts.clock()),
  };
}
