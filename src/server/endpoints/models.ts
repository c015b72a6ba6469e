/** `GET /v1/models`: what answers here, and under which terms. */
import { z } from "zod";
import type { Contract } from "../../recognize/contract.ts";
import type { MissingPart } from "../../recognize/missing.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";

const Model = z
  .object({
    id: z.string(),
    version: z.string(),
    modality: z.string(),
    labels: z.array(z.string()),
    languages: z.array(z.string()).optional(),
    licence: z.object({ terms: z.string(), commercial: z.boolean() }),
    sources: z
      .array(z.object({ name: z.string(), terms: z.string(), commercial: z.boolean().optional() }))
      .meta({ description: "Data that the weights were trained on, and on which terms those are." }),
  })
  .meta({ id: "Model" });

const Missing = z
  .object({
    modality: z.string(),
    languages: z.array(z.string()).optional(),
    model: z.string(),
    terms: z.string(),
  })
  .meta({ id: "MissingModel" });

function shown(contract: Contract): z.infer<typeof Model> {
  const { id, version, modality, labels, licence, sources } = contract;
  return {
    id,
    version,
    modality,
    labels: [...labels],
    ...(contract.modality === "text" ? { languages: [...contract.input.languages] } : {}),
    licence: { terms: licence.terms, commercial: licence.commercial },
    sources: sources.map(({ name, terms, commercial }) => ({
      name,
      terms,
      ...(commercial === undefined ? {} : { commercial }),
    })),
  };
}

/** @param inUse asked each time, since models may change while the service runs */
export function modelsEndpoint(
  inUse: () => { readonly contracts: readonly Contract[]; readonly missing: readonly MissingPart[] },
): Endpoint {
  return endpoint(
    {
      method: "GET",
      path: "/v1/models",
      summary: "List the models that answer here",
      scope: "read",
      replies: {
        200: {
          says: "The models in use, and what is missing because models were left out for their terms.",
          schema: z.object({ models: z.array(Model), missing: z.array(Missing) }),
        },
      },
      fails: [],
    },
    () => {
      const { contracts, missing } = inUse();
      return ok({ models: contracts.map(shown), missing });
    },
  );
}
