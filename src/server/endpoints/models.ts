/** `GET /v1/models`: what answers here, and under which terms. */
import { z } from "zod";
import type { Contract } from "../../recognize/contract.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";

const Model = z
  .object({
    id: z.string(),
    version: z.string(),
    modality: z.string(),
    labels: z.array(z.string()),
    languages: z.array(z.string()).optional(),
    licence: z.object({ terms: z.string(), commercial: z.boolean() }),
  })
  .meta({ id: "Model" });

export function modelsEndpoint(contracts: readonly Contract[]): Endpoint {
  const models = contracts.map((contract): z.infer<typeof Model> => {
    const { id, version, modality, labels, licence } = contract;
    return {
      id,
      version,
      modality,
      labels: [...labels],
      ...(contract.modality === "text" ? { languages: [...contract.input.languages] } : {}),
      licence: { terms: licence.terms, commercial: licence.commercial },
    };
  });
  return endpoint(
    {
      method: "GET",
      path: "/v1/models",
      summary: "List the models that answer here",
      scope: "read",
      replies: { 200: { says: "The models in use.", schema: z.object({ models: z.array(Model) }) } },
      fails: [],
    },
    () => ok({ models }),
  );
}
